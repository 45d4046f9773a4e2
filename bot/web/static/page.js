// Forms without leaving the page: a tap is sent once, the answer is the new card, and what could not be sent goes on by itself.
"use strict";
(() => {
  const main = document.getElementById("main");
  const status = document.getElementById("status");
  const words = document.body.dataset;
  const WAITS = [1000, 2000, 4000, 8000, 15000];
  let sending = false;

  const pause = (milliseconds) => new Promise((resolve) => {
    const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });

  // The same form again and again until there is an answer: it is applied once, however often it arrives.
  const send = async (action, body) => {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await fetch(action, {
          method: "POST", body, headers: { "x-shuping": "1" }, signal: AbortSignal.timeout(20000),
        });
        if (answer.status < 500 && answer.status !== 429) { return answer; }
      } catch { /* offline, or too slow */ }
      status.textContent = words.unsent;
      await pause(WAITS[Math.min(tries, WAITS.length - 1)]);
    }
  };

  const show = (html) => {
    main.innerHTML = html;
    const card = document.getElementById("card") ?? main;
    card.scrollIntoView({ block: "start" });
    main.focus({ preventScroll: true });
  };

  const look = async () => {
    if (sending || document.getElementById("text")?.value) { return; }
    try {
      const answer = await fetch(location.href, { headers: { "x-shuping": "1" } });
      if (answer.ok && !sending) { main.innerHTML = await answer.text(); }
    } catch { /* the next look will tell */ }
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.plain !== undefined) { return; }
    event.preventDefault();
    if (sending) { return; }
    sending = true;
    const body = new URLSearchParams(new FormData(form));
    const button = event.submitter;
    if (button?.name) { body.set(button.name, button.value); }
    button?.classList.add("busy");
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await send(form.action, body);
      status.textContent = "";
      const place = answer.headers.get("x-go");
      if (place) { location.assign(place); } else { show(await answer.text()); }
    } finally {
      sending = false;
      main.removeAttribute("aria-busy");
      button?.classList.remove("busy");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  addEventListener("pageshow", (event) => { if (event.persisted) { look(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); } });
})();
