"""A small ClamAV on a real socket: it speaks INSTREAM, keeps what it was sent, and answers as it is told to."""

import socket
import threading
from pathlib import Path


class Scanner:
    """Reads one stream after the other; `answer` is what it says of each."""

    def __init__(self, folder: Path, answer: str = "stream: OK") -> None:
        self.answer, self.streams, self.most = answer, [], None
        self.path = folder / "clamd.ctl"
        self.address = f"unix:{self.path}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self.path))
        self._socket.listen(4)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                there, _ = self._socket.accept()
            except OSError:
                return
            with there, there.makefile("rb") as said:
                self._one(there, said)

    def _one(self, there, said) -> None:
        assert said.read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(said.read(4), "big"):
            content += said.read(length)
            if self.most is not None and len(content) > self.most:
                there.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.streams.append(content)
        there.sendall(f"{self.answer}\0".encode())

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)
        self.path.unlink()
