// Load after htmx (defer): what a strict content policy and shared computers ask of it.
const { htmx } = window;

if (htmx) {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    historyCacheSize: 0, // nothing of a list of people stays in the browser's storage
    refreshOnHistoryMiss: true,
    selfRequestsOnly: true,
    timeout: 20000, // milliseconds: a line that hangs is told like one that broke
  });

  // <p class="flash flash--bad" role="alert" data-request-failed hidden>: what to do when the line is down
  const tell = (failed) => {
    for (const note of document.querySelectorAll("[data-request-failed]")) note.hidden = !failed;
  };
  // Numbers that are asked for every few seconds say nothing here: they must not wipe away that a press has failed.
  const isPress = (event) => !event.target.matches?.("[hx-trigger^='every']");
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => isPress(event) && tell(true));
  }
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && isPress(event) && tell(false));

  // Signed out meanwhile: the whole page goes to the sign-in, which must not land in a part of this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL || location.href).pathname.endsWith("/sign-in")) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
}
