// The floor's screens with a scanner: scans are queued and sent one by one, each with an id of its own, so that
// quick scans aren't lost and a scan sent twice counts once; right and wrong can be heard. Without this file the
// same forms work as plain pages.
(() => {
  "use strict";

  const RETRY_MS = 2000;
  const FAST_MS = 100;
  const TROUBLES = { 0: "offline", 403: "refused", 404: "gone" };
  const queue = [];
  let isSending = false;
  let sound = null;

  const main = () => document.getElementById("main");
  const field = () => document.getElementById("code");

  function beep(notes) {
    try {
      sound = sound || new AudioContext();
      let at = sound.currentTime;
      for (const [frequency, seconds, shape] of notes) {
        const tone = sound.createOscillator();
        const volume = sound.createGain();
        tone.type = shape;
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.25, at);
        volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
        tone.connect(volume).connect(sound.destination);
        tone.start(at);
        tone.stop(at + seconds);
        at += seconds;
      }
    } catch (_error) {
      // No sound here: colour, icon and words say the same.
    }
  }

  // What is new on the screen, or in the part of it that came.
  function tellOutcome(part) {
    const outcome = part.querySelector("[data-outcome]");
    if (!outcome) return;
    if (outcome.closest(".top")) window.scrollTo(0, 0);
    sayAloud(outcome.dataset.outcome === "bad");
  }

  function sayAloud(isBad) {
    beep(isBad ? [[180, 0.25, "square"], [140, 0.4, "square"]] : [[880, 0.12, "sine"]]);
    if (isBad && navigator.vibrate) navigator.vibrate([200, 80, 200]);
  }

  function show(html) {
    const next = new DOMParser().parseFromString(html, "text/html");
    const replacement = next.getElementById("main");
    if (!replacement) {
      window.location.reload();
      return;
    }
    const typed = field() ? field().value : "";
    main().replaceWith(replacement);
    document.title = next.title;
    window.htmx.process(replacement);
    tellOutcome(replacement);
    const focused = replacement.querySelector("[autofocus]");
    if (focused) focused.focus({ preventScroll: true });
    if (typed && field()) field().value = typed;
  }

  // The answer isn't a screen of ours, or there is none (status 0): the screen stays and says what is wrong.
  function tellTrouble(status) {
    for (const older of document.querySelectorAll(".top > .outcome")) older.remove();
    const notice = document.createElement("p");
    notice.className = "outcome is-bad";
    notice.setAttribute("role", "alert");
    notice.textContent = main().dataset[TROUBLES[status] || "failed"];
    main().querySelector(".top").append(notice);
    sayAloud(true);
  }

  // Kept and sent again until there is an answer; a refusal of the whole request (403, 404) is one.
  async function send() {
    if (isSending) return;
    isSending = true;
    let isTold = false;
    while (queue.length) {
      const { action, body } = queue[0];
      let status = 0;
      try {
        const answer = await fetch(action, { method: "POST", body, headers: { "HX-Request": "true" } });
        status = answer.status;
        if (status >= 500) throw new Error(String(status));
        queue.shift();
        if (answer.ok) show(await answer.text());
        else tellTrouble(status);
        isTold = false;
      } catch (_error) {
        if (!isTold) tellTrouble(status);
        isTold = true;
        await new Promise((resume) => setTimeout(resume, RETRY_MS));
      }
    }
    isSending = false;
  }

  // Scanners type faster than fingers: a scan that lands in another field, such as the weight, is taken out of it
  // again and sent as the scan that it is.
  const typed = { text: "", at: 0, before: "" };

  document.addEventListener("keydown", (event) => {
    const code = field();
    const other = event.target;
    if (!code || other === code || !other.matches("input")) return;
    const isFast = event.timeStamp - typed.at < FAST_MS;
    if (event.key === "Enter" && isFast && isScan(typed.text)) {
      event.preventDefault();
      other.value = typed.before;
      code.focus();
      code.value = typed.text;
      code.form.requestSubmit();
    } else if (event.key.length === 1) {
      if (!isFast) Object.assign(typed, { text: "", before: other.value });
      typed.text += event.key;
      typed.at = event.timeStamp;
    }
  });

  // Nobody means so many grams or pieces, or letters where there are numbers only.
  function isScan(text) {
    return text.length > 2 && !/^\d{1,6}$/.test(text);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-scan]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    body.set("client_id", makeId());
    form.elements.code.value = "";
    queue.push({ action: form.action, body });
    send();
  });

  // crypto.randomUUID exists only on https and localhost; a handheld may come by plain http.
  function makeId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // A wedge scanner types wherever the focus is: bring it to the one field, unless somebody fills in another.
  document.addEventListener("keydown", (event) => {
    const code = field();
    if (!code || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (document.activeElement && document.activeElement.matches("input, select, textarea")) return;
    if (event.key === " " && document.activeElement && document.activeElement.matches("button, a, summary")) return;
    code.focus();
  });

  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, (event) => {
      if (!event.target.matches("a, form")) return; // a part that asks again by itself
      tellTrouble(event.detail.xhr.status);
      field()?.select(); // the next scan replaces what failed
    });
  }
  document.addEventListener("htmx:afterSettle", (event) => tellOutcome(event.target));
  document.addEventListener("DOMContentLoaded", () => tellOutcome(document));
})();
