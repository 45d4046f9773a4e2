// Forms without leaving the page: a tap is sent once, its answer is the new card, and what could not be sent goes on by
// itself. Everything here can be done without it, too.
"use strict";
(() => {
  const page = document.getElementById("page");
  const status = document.getElementById("status");
  const words = document.body.dataset;
  const WAITS = [1000, 2000, 4000, 8000, 15000];
  const LONGEST = 30000; // milliseconds that a crowd is waited for without asking
  const QUICK = 400, NEAR = 30; // milliseconds and pixels between the two taps of a double one
  const HEADERS = { "x-shuping": "1" };
  let sending = false;
  let shown = 0;

  const tell = (text) => { status.textContent = text; };

  const pause = (milliseconds) => new Promise((resolve) => {
    const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });

  // Older phones have no AbortSignal.timeout.
  const timely = (address, options, milliseconds) => {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), milliseconds);
    return fetch(address, { ...options, signal: control.signal }).finally(() => clearTimeout(timer));
  };

  // The same form again and again until there is an answer: it is applied once, however often it arrives.
  const send = async (address, body) => {
    for (let tries = 0; ; tries++) {
      let crowd = 0;
      try {
        const answer = await timely(address, { method: "POST", body, headers: HEADERS }, 20000);
        crowd = answer.status === 429 ? Number(answer.headers.get("retry-after")) * 1000 : 0;
        if (answer.status < 500 && (!crowd || crowd > LONGEST)) { return answer; }
      } catch { /* offline, or too slow */ }
      tell(words.unsent);
      await pause(Math.max(crowd, WAITS[Math.min(tries, WAITS.length - 1)]));
    }
  };

  const reveal = () => {
    for (const button of page.querySelectorAll("[data-copy]")) { button.hidden = !navigator.clipboard; }
    for (const button of page.querySelectorAll("[data-share]")) { button.hidden = !navigator.share; }
    for (const link of page.querySelectorAll("[data-file=share]")) { link.hidden = !navigator.canShare; }
  };

  // What is typed stays typed until it was sent.
  const show = (html, kept = "") => {
    page.innerHTML = html;
    shown = performance.now();
    if (document.getElementById("card")?.dataset.ref) { history.replaceState(null, "", "/"); }
    const typed = document.getElementById("text");
    if (typed && kept) { typed.value = kept; }
    reveal();
    page.querySelector("[data-now]")?.click(); // a file that was waited for
  };

  const settle = () => {
    const main = document.getElementById("main");
    const wrong = document.querySelector("[aria-invalid=true]");
    (wrong ?? document.getElementById("card") ?? main).scrollIntoView({ block: wrong ? "center" : "start" });
    (wrong ?? main).focus({ preventScroll: true });
  };

  // Among many items, the one that was tapped stays where it is; what came of it stands above.
  const holding = (button) => {
    const item = button?.closest(".item");
    if (!item) { return settle; }
    const top = item.getBoundingClientRect().top;
    const at = [...item.querySelectorAll("button")].indexOf(button);
    return () => {
      const again = document.getElementById(item.id);
      if (!again) { settle(); return; }
      scrollBy({ top: again.getBoundingClientRect().top - top, behavior: "instant" });
      const same = again.querySelectorAll("button")[at];
      same?.setAttribute("aria-describedby", "held");
      same?.focus({ preventScroll: true });
    };
  };

  const typed = () => document.getElementById("text")?.value ?? "";
  const filled = () => [...page.querySelectorAll("#card input")].some((field) => field.value !== field.defaultValue);

  // What another window has changed is seen at the next look.
  const look = async () => {
    if (sending || typed() || filled() || document.activeElement?.matches("input, textarea, select")) { return; }
    try {
      const answer = await fetch(location.href, { headers: HEADERS });
      if (answer.ok && answer.status !== 204 && !sending) { show(await answer.text()); }
    } catch { /* the next look will tell */ }
  };

  const submit = async (form, button) => {
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) { body.set(button.name, button.value); }
    const kept = document.getElementById("text")?.form === form ? "" : typed();
    const hold = holding(button);
    button?.classList.add("busy");
    page.setAttribute("aria-busy", "true");
    try {
      const answer = await send(form.action, body);
      const place = answer.headers.get("x-go");
      tell("");
      if (place) { location.assign(place); } else { show(await answer.text(), kept); hold(); }
    } finally {
      page.removeAttribute("aria-busy");
      button?.classList.remove("busy");
    }
  };

  // The second of two quick taps in one place was meant for what stood there before.
  let last = { at: -QUICK, x: 0, y: 0 };
  document.addEventListener("click", (event) => {
    if (!event.detail) { return; } // a key
    const tap = { at: performance.now(), x: event.clientX, y: event.clientY };
    const near = Math.hypot(tap.x - last.x, tap.y - last.y) < NEAR;
    if (near && tap.at - last.at < QUICK && shown > last.at) { event.preventDefault(); event.stopPropagation(); }
    last = tap;
  }, true);

  // Phones of before 2022 do not tell by which button a form was sent.
  let pressed = null;
  document.addEventListener("click", (event) => { pressed = event.target.closest("button"); });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || "plain" in form.dataset) { return; }
    event.preventDefault();
    if (sending) { return; }
    sending = true;
    const button = event.submitter ?? (pressed?.form === form ? pressed : null);
    try { await submit(form, button); } finally { sending = false; }
  });

  // A file is fetched in view, since making it takes a moment.
  const download = async (link) => {
    tell(words.making);
    try {
      const answer = await timely(link.href, {}, 60000);
      if (!answer.ok) { location.assign(link.href); return; }
      const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "shuping";
      const content = await answer.blob();
      const file = new File([content], name, { type: content.type });
      if (link.dataset.file === "share" && navigator.canShare?.({ files: [file] })) {
        await navigator.share({ files: [file] });
      } else {
        const saved = document.createElement("a");
        saved.href = URL.createObjectURL(content);
        saved.download = name;
        saved.click();
        setTimeout(() => URL.revokeObjectURL(saved.href), 60000);
      }
      tell("");
    } catch (error) {
      tell(error.name === "AbortError" ? "" : words.unmade);
    }
  };

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    const share = event.target.closest("[data-share]");
    const file = event.target.closest("[data-file]");
    if (copy) {
      await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value);
      tell(copy.dataset.done);
    } else if (share) {
      await navigator.share({ title: share.dataset.title, url: share.dataset.share }).catch(() => {});
    } else if (file && !/MicroMessenger/i.test(navigator.userAgent)) {
      event.preventDefault();
      await download(file);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "text" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      document.querySelector(".send").click();
    }
  });

  // A page that the browser kept for "back" is an old card.
  addEventListener("pageshow", (event) => { if (event.persisted) { look(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); } });
  reveal();

  // Telegram tells who opens the page behind the "#", which no server sees. Any other site could lead to a chat of its
  // own that way, but not inside Telegram, whose apps bring this object along, and whose page for browsers frames us.
  const door = document.querySelector("[data-mini]");
  const init = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  if (door && init && (window.TelegramWebviewProxy || window.parent !== window)) {
    history.replaceState(null, "", location.pathname);
    door.elements.init.value = init;
    door.submit();
  }
})();
