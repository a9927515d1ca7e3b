// The day grid: a session is dragged with the pointer or moved with the arrow keys; a plain form does what was chosen.
//   <div data-grid data-start data-rows> <div data-room> in the head, <li data-block data-row data-rows data-move>
//   [data-move-start] is the link to the form without this script; here it begins a move by keyboard
const grid = document.querySelector("[data-grid]");
const form = document.querySelector("[data-grid-form]");
const said = document.querySelector("[data-grid-said]");
const STEP = 15 * 60 * 1000;

const rooms = [...grid.querySelectorAll("[data-room]")];
const clock = new Intl.DateTimeFormat(`${document.documentElement.lang || "en"}-u-nu-latn`, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: grid.dataset.zone });
const start = Date.parse(grid.dataset.start);
const rows = Number(grid.dataset.rows);
let move = null;

const moment = (row) => new Date(start + (row - 1) * STEP);

function placeOf(block) {
  const room = rooms.findIndex((one) => one.dataset.room === block.dataset.atRoom);
  return { row: Number(block.dataset.row), room: room < 0 ? rooms.length - 1 : room };
}

function begin(block, byKeyboard) {
  const ghost = document.createElement("li");
  ghost.setAttribute("aria-hidden", "true");
  const from = placeOf(block);
  move = { block, ghost, from, byKeyboard, ...from };
  block.classList.add("daygrid__block--moving");
  block.parentElement.append(ghost);
  show();
}

function show() {
  const room = rooms[move.room];
  const column = [...room.classList].find((name) => name.startsWith("gc-"));
  move.ghost.className = `daygrid__ghost ${column} gr-${move.row} gs-${move.block.dataset.rows}`;
  const text = grid.dataset.said.replace("{time}", clock.format(moment(move.row))).replace("{room}", room.textContent.trim());
  move.ghost.textContent = text;
  if (move.byKeyboard && said) said.textContent = text;
}

function end() {
  move.ghost.remove();
  move.block.classList.remove("daygrid__block--moving");
  const { block, byKeyboard } = move;
  move = null;
  if (said) said.textContent = "";
  if (byKeyboard) block.querySelector("[data-move-start]").focus();
}

function put() {
  const { block, from, row, room } = move;
  if (row === from.row && room === from.room) return end();
  // A session that does not begin on a quarter keeps its minutes when only its room changes.
  const time = block.querySelector("time");
  form.elements.at.value = row === from.row ? time.dateTime : moment(row).toISOString();
  form.elements.room_id.value = rooms[room].dataset.room;
  form.elements.version.value = block.dataset.version;
  form.action = block.dataset.move;
  form.requestSubmit();
  move.byKeyboard = false;
}

function step(event) {
  const forward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const last = Math.max(1, rows - Number(move.block.dataset.rows) + 1);
  const wanted = {
    ArrowUp: () => { move.row = Math.max(1, move.row - 1); },
    ArrowDown: () => { move.row = Math.min(last, move.row + 1); },
    ArrowLeft: () => { move.room = Math.min(rooms.length - 1, Math.max(0, move.room - forward)); },
    ArrowRight: () => { move.room = Math.min(rooms.length - 1, Math.max(0, move.room + forward)); },
    Enter: put,
    Escape: end,
    Tab: end,
  }[event.key];
  if (!wanted) return;
  if (event.key !== "Tab") event.preventDefault();
  wanted();
  if (move && event.key.startsWith("Arrow")) {
    show();
    move.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

grid.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move-start]");
  if (!link || event.detail !== 0) return; // pressed with mouse or finger it leads to the form
  event.preventDefault();
  if (!move) begin(link.closest("[data-block]"), true);
});

grid.addEventListener("keydown", (event) => {
  if (move?.byKeyboard) step(event);
});

// Near an edge the grid rolls on under the pointer, so that a session reaches the rooms and hours that are out of sight.
const scroller = grid.parentElement;
const EDGE = 48;

function pull(at, low, high) {
  if (at < low + EDGE) return Math.max(-EDGE, at - low - EDGE);
  return at > high - EDGE ? Math.min(EDGE, at - high + EDGE) : 0;
}

function roll(pointer) {
  const box = scroller.getBoundingClientRect();
  const x = pull(pointer.x, box.left, box.right), y = pull(pointer.y, box.top, box.bottom);
  if (x || y) scroller.scrollBy(x / 3, y / 3);
  return x || y;
}

grid.addEventListener("pointerdown", (event) => {
  const block = event.target.closest("[data-block]");
  // A finger scrolls; links and buttons stay what they are.
  if (!block || event.button !== 0 || event.pointerType === "touch" || event.target.closest("a, button")) return;
  if (move) end();
  const box = block.getBoundingClientRect();
  const grip = { x: event.clientX, y: event.clientY, offset: event.clientY - box.top };
  const rowHeight = parseFloat(getComputedStyle(grid).gridAutoRows); // a block under the pointer grows with its text
  const pointer = { x: grip.x, y: grip.y };
  let rolling = 0;
  const rollOn = () => {
    rolling = move && roll(pointer) ? requestAnimationFrame(rollOn) : 0;
    if (move) follow();
  };
  const drag = (moved) => {
    if (!move && Math.hypot(moved.clientX - grip.x, moved.clientY - grip.y) < 6) return;
    if (!move) begin(block, false);
    pointer.x = moved.clientX;
    pointer.y = moved.clientY;
    follow();
    if (!rolling) rolling = requestAnimationFrame(rollOn);
  };
  const follow = () => {
    const top = block.getBoundingClientRect().top;
    const shift = Math.round((pointer.y - grip.offset - top) / rowHeight);
    const last = Math.max(1, rows - Number(block.dataset.rows) + 1);
    move.row = Math.min(last, Math.max(1, move.from.row + shift));
    const over = rooms.findIndex((room) => {
      const there = room.getBoundingClientRect();
      return pointer.x >= there.left && pointer.x < there.right;
    });
    if (over >= 0) move.room = over;
    show();
  };
  const stop = (kept) => {
    cancelAnimationFrame(rolling);
    document.removeEventListener("keydown", giveUp);
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", leave);
    if (move && !move.byKeyboard) (kept ? put : end)();
  };
  const drop = () => stop(true);
  const leave = () => stop(false);
  const giveUp = (pressed) => pressed.key === "Escape" && stop(false); // the focus is anywhere while the mouse drags
  event.preventDefault();
  document.addEventListener("keydown", giveUp);
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", leave);
});
