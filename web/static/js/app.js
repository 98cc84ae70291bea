// Small helps on top of pages that work without them. Texts come from data-* attributes of <body>, so that this file holds none.
(() => {
  const text = (key, n) => (document.body.dataset[key] || "").replace("%d", n);
  const on = (type, selector, act) => document.addEventListener(type, (e) => {
    const el = e.target.closest && e.target.closest(selector);
    if (el) act(el, e);
  });
  let hiding;
  const say = (words) => {
    const box = document.getElementById("toast");
    if (!box || !words) return;
    box.textContent = words;
    box.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { box.hidden = true; }, 8000);
  };

  // Length is counted as the server does: in code points.
  const count = (input) => {
    const out = document.getElementById(input.dataset.count);
    if (!out) return;
    const n = [...input.value.trim()].length, max = Number(input.dataset.max || 0);
    out.textContent = `${n} / ${max}`;
    out.classList.toggle("over", n > max);
  };

  const size = (n) => n < 1048576 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / 1048576).toFixed(1)} MB`;
  const transfer = (files) => files.reduce((t, f) => { t.items.add(f); return t; }, new DataTransfer()).files;
  // A second choice adds to the first, up to as many as may be sent.
  const chosenIn = new WeakMap();
  const addFiles = (input) => {
    if (input.multiple) {
      const had = chosenIn.get(input) || [], most = Number(input.dataset.most) - Number(input.dataset.staged);
      const all = [...had, ...[...input.files].filter((f) => !had.some((h) => h.name === f.name && h.size === f.size && h.lastModified === f.lastModified))];
      input.files = transfer(all.slice(0, Math.max(0, most)));
      if (all.length > most) say(input.dataset.tooMany);
    }
    listFiles(input);
  };
  const listFiles = (input) => {
    chosenIn.set(input, [...input.files]);
    input.form.querySelectorAll("[data-when=files]").forEach((el) => { el.hidden = !chose(input.form); });
    const list = document.getElementById(input.dataset.uploads);
    if (!list) return;
    const chosen = document.getElementById(input.id + "-chosen");
    if (chosen) {
      const n = Number(input.dataset.staged) + input.files.length;
      chosen.textContent = chosen.dataset.words.replace("%d", n);
    }
    list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
    const tpl = list.querySelector("template");
    list.replaceChildren(tpl, ...[...input.files].map((file, i) => {
      const li = tpl.content.firstElementChild.cloneNode(true);
      li.querySelector(".name > b").textContent = file.name;
      li.querySelector(".size").textContent = size(file.size) + (file.size > Number(input.dataset.maxBytes || Infinity) ? ` · ${input.dataset.tooLarge}` : "");
      if (/^image\/(jpeg|png|webp)$/.test(file.type)) {
        const img = new Image();
        img.alt = "";
        img.src = URL.createObjectURL(file);
        img.onload = () => li.querySelector(".icon").replaceWith(img);
      }
      const remove = li.querySelector("button");
      remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")} ${file.name}`);
      remove.addEventListener("click", () => {
        input.files = transfer([...input.files].filter((_, j) => j !== i));
        listFiles(input);
        input.focus();
      });
      return li;
    }));
  };

  // Live parts: one stream per address; what is being typed in is left alone until the focus leaves it.
  const streams = new Map(), asking = new Map();
  // Who was on a button of a part that is swapped stays on the same one, or on the part.
  const refocus = (part, was) => {
    const same = (b) => b.tagName === was.tagName && (was.id ? b.id === was.id : b.getAttribute("href") === was.getAttribute("href") && b.textContent === was.textContent);
    const now = [...part.querySelectorAll("a, button, summary, input, select, textarea")].find(same);
    if (!now) part.tabIndex = -1;
    (now || part).focus({ preventScroll: true });
  };
  const unsent = (part) => [...part.querySelectorAll("form")].filter((form) => dirty.has(form) || chose(form));
  const renewing = new Set(); // parts that are to be new although something in them waits
  // What is being pressed is not swapped under the finger: the click would come to nothing.
  let pressed = null;
  addEventListener("pointerdown", (e) => { pressed = e.target; }, true);
  ["pointerup", "pointercancel"].forEach((up) => addEventListener(up, () => setTimeout(() => { pressed = null; }), true));
  const refresh = (el) => {
    if (pressed && el.contains(pressed)) return void addEventListener("pointerup", () => setTimeout(() => refresh(document.getElementById(el.id) || el)), { once: true });
    const busy = document.activeElement, waits = unsent(el).length > 0;
    if (!renewing.has(el.id) && !(waits && el.querySelector("template[data-moved]"))) {
      const typing = busy.matches("select") || busy.matches("input:not([type=checkbox]), textarea") && busy.value !== busy.defaultValue;
      if (el.contains(busy) && typing) {
        busy.addEventListener("blur", () => refresh(document.getElementById(el.id) || el), { once: true });
        return;
      }
      if (waits) return;
    }
    const id = el.id, held = el.contains(busy) ? busy : null;
    if (asking.has(id)) return void asking.set(id, true); // news while the answer is under way: ask once more after it
    asking.set(id, false);
    const done = () => {
      const again = asking.get(id), now = document.getElementById(id);
      asking.delete(id);
      if (!again) renewing.delete(id);
      if (held && now && !held.isConnected) refocus(now, held);
      if (again && now) refresh(now);
    };
    htmx.ajax("GET", el.dataset.src || location.pathname + location.search, { source: el, target: el, select: "#" + id, swap: "outerHTML" }).then(done, done);
  };
  // What is typed or chosen and not sent is worth more than what is new: where its form is gone meanwhile, the form says so itself.
  const tell = (part, html) => {
    const now = new DOMParser().parseFromString(html, "text/html").getElementById(part.id), words = now && now.querySelector("template[data-moved]");
    if (words) unsent(part).filter((form) => !now.querySelector(`form[id="${CSS.escape(form.id)}"]`)).forEach((form) => {
      const box = form.querySelector("[data-news]"), fold = form.closest("details");
      if (!box) return;
      if (box.dataset.news !== words.innerHTML) box.replaceChildren(document.importNode(words.content, true));
      box.dataset.news = words.innerHTML;
      const kept = [...form.querySelectorAll("[data-keep]")].every((el) => !el.value || now.querySelector(`[data-keep="${CSS.escape(el.dataset.keep)}"]`));
      const when = { kept, lost: !kept, files: chose(form) };
      box.querySelectorAll("[data-when]").forEach((el) => { el.hidden = !when[el.dataset.when]; });
      if (fold) fold.open = true;
    });
  };
  // A form that nobody has written in goes along with what the page shows by now.
  const follow = (part, html) => {
    const now = new DOMParser().parseFromString(html, "text/html");
    [...part.querySelectorAll("form[id] > [name=version]")].filter((version) => !dirty.has(version.form)).forEach((version) => {
      const fresh = now.querySelector(`form[id="${CSS.escape(version.form.id)}"] > [name=version]`);
      if (fresh) version.value = fresh.value;
    });
  };
  on("click", "[data-renew]", (el) => {
    const part = document.getElementById(el.dataset.renew);
    renewing.add(part.id);
    refresh(part);
  });
  // A part that says which state it shows is swapped for another state only; what was said of the step before then is no news any more.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const part = detail.target, was = part.dataset.state;
    if (asking.has(part.id) && pressed && part.contains(pressed)) {
      detail.shouldSwap = false;
      asking.set(part.id, true);
      return;
    }
    if (asking.has(part.id) && !renewing.has(part.id) && unsent(part).length) {
      detail.shouldSwap = false;
      tell(part, detail.serverResponse);
      return;
    }
    if (!was) return;
    if (detail.serverResponse.includes(`data-state="${was}"`)) {
      detail.shouldSwap = false;
      follow(part, detail.serverResponse);
    } else document.querySelectorAll("main > .flash").forEach((f) => {
      if (f === document.activeElement) document.getElementById("main").focus({ preventScroll: true });
      f.remove();
    });
  });
  // What a person has opened or closed stays so when its part is swapped.
  const folds = (id) => [...document.querySelectorAll(`[id="${CSS.escape(id)}"] details`)].map((d) => [d.id || d.querySelector("summary").textContent.replace(/\d/g, ""), d]);
  const folded = new Map();
  document.addEventListener("htmx:beforeSwap", ({ detail }) => { folded.set(detail.target.id, new Map(folds(detail.target.id).map(([key, d]) => [key, d.open]))); });
  document.addEventListener("htmx:afterSwap", ({ detail }) => folds(detail.target.id).forEach(([key, d]) => {
    const was = folded.get(detail.target.id);
    if (was && was.has(key)) d.open = was.get(key);
  }));
  // The list on the page does not jump when its count in the side bar changes: a line above it says so.
  const counted = () => Number.parseInt((document.querySelector("#side-list [aria-current] b") || { textContent: "0" }).textContent, 10);
  const listed = counted();
  document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-list-news]").forEach((box) => {
    [counted() > listed, counted() < listed].forEach((news, i) => { box.children[i].hidden = !news; });
  }));
  const listen = () => document.querySelectorAll("[data-live]").forEach(({ dataset: { live } }) => {
    if (streams.has(live) || !window.EventSource || !window.htmx) return;
    const stream = new EventSource(live);
    streams.set(live, stream);
    stream.onmessage = () => document.querySelectorAll(`[data-live="${CSS.escape(live)}"]`).forEach((source) =>
      document.querySelectorAll(source.dataset.refresh || "#" + source.id).forEach(refresh));
  });
  addEventListener("pagehide", () => { streams.forEach((s) => s.close()); streams.clear(); });

  const countdown = (button) => {
    if (button.dataset.running) return;
    button.dataset.running = "1";
    const label = button.textContent, until = Date.now() + 1000 * Number(button.dataset.countdown);
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      button.disabled = left > 0;
      button.textContent = left > 0 ? text("resend", left) : label;
      if (left > 0) setTimeout(tick, 500); else delete button.dataset.running;
    };
    if (until > Date.now()) tick();
  };

  // What is typed and nowhere yet. A form with a [data-autosave], an element that posts it, is saved while it is typed in, when the page is
  // hidden and when it is left; its words are kept for the page that comes next besides, which may have been asked for before they arrived.
  const dirty = new Set(), edits = new WeakMap(), sending = new WeakMap(), failing = new WeakSet();
  const touch = (form) => { dirty.add(form); edits.set(form, (edits.get(form) || 0) + 1); };
  const saver = (form) => form.querySelector("[data-autosave]");
  const unsaved = () => [...dirty].filter((form) => form.isConnected && saver(form));
  const typedIn = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["code", "do"].includes(name));
  const handed = new WeakMap();
  const leave = () => unsaved().forEach((form) => {
    if (handed.get(form) === edits.get(form)) return;
    handed.set(form, edits.get(form));
    const to = saver(form).getAttribute("hx-post"), typed = typedIn(form);
    sessionStorage.setItem("left", JSON.stringify({ to, typed, at: Date.now() }));
    fetch(to, { method: "POST", body: new URLSearchParams(typed), headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  });
  const resume = () => {
    const left = JSON.parse(sessionStorage.getItem("left") || "null");
    sessionStorage.removeItem("left");
    const by = left && Date.now() - left.at < 10000 && [...document.querySelectorAll("[data-autosave]")].find((el) => el.getAttribute("hx-post") === left.to);
    if (!by) return;
    const form = by.closest("form");
    const was = JSON.stringify(typedIn(form));
    [...form.elements].filter((el) => el.name && el.matches("textarea, select, input:not([type=hidden], [type=file])")).forEach((el) => {
      const values = left.typed.filter(([name]) => name === el.name).map(([, value]) => value);
      if (el.matches("[type=checkbox], [type=radio]")) el.checked = values.includes(el.value);
      else if (values.length && el.value.replace(/\r\n/g, "\n") !== values[0].replace(/\r\n/g, "\n")) el.value = values[0];
    });
    if (JSON.stringify(typedIn(form)) === was) return;
    form.querySelectorAll("[data-count]").forEach(count);
    touch(form);
    htmx.trigger(by, "save");
  };
  const chose = (form) => [...form.querySelectorAll("[type=file]")].some((input) => input.files.length);
  addEventListener("beforeunload", (e) => {
    leave();
    if ([...dirty].some((form) => form.isConnected && (!saver(form) || chose(form) || failing.has(form) || form.querySelector(".saved.not")))) e.preventDefault();
  });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && window.htmx) unsaved().filter((form) => handed.get(form) !== edits.get(form)).forEach((form) => htmx.trigger(saver(form), "save"));
  });
  addEventListener("DOMContentLoaded", resume);

  const scan = (root) => {
    root.querySelectorAll("[data-keep]").forEach((el) => {
      if (el.value && el.closest("form[data-typed]")) sessionStorage.setItem(el.dataset.keep, el.value);
      if (el.value || !sessionStorage.getItem(el.dataset.keep)) return;
      el.value = sessionStorage.getItem(el.dataset.keep);
      const fold = el.closest("details"), form = el.closest("form[data-unsaved]");
      if (fold) fold.open = true;
      if (form) dirty.add(form);
    });
    root.querySelectorAll("form[data-typed]").forEach((form) => dirty.add(form));
    root.querySelectorAll("[data-count]").forEach(count);
    picked();
    root.querySelectorAll("[data-countdown]").forEach(countdown);
    root.querySelectorAll("form[data-unsaved=now]").forEach((form) => { // came back with what was typed, for it could not be kept
      dirty.add(form);
      failing.add(form);
    });
    root.querySelectorAll("[data-js]").forEach((el) => { el.hidden = false; });
    root.querySelectorAll("[data-uploads]").forEach((el) => el.classList.add("over")); // seen through: its label speaks the page's language, and files may be dropped
    listen();
  };

  on("input", "[data-count]", count);
  on("input", "fieldset.bad input", (el) => {
    const field = el.closest(".bad");
    field.classList.remove("bad");
    field.querySelectorAll(".error").forEach((e) => { e.hidden = true; });
  });
  // What is being corrected is red no longer; the server judges again when it is sent.
  on("input", "[aria-invalid]", (el) => {
    el.removeAttribute("aria-invalid");
    const field = el.closest(".bad"), error = document.getElementById(`${el.id}-error`);
    if (field) field.classList.remove("bad");
    if (error) error.hidden = true;
  });
  // Words beside the form that is sent: this tab keeps them until their own form goes, or the person signs out.
  on("input", "[data-keep]", (el) => sessionStorage.setItem(el.dataset.keep, el.value));
  on("input", "form[data-unsaved]", touch);
  on("change", "[data-uploads]", addFiles);
  // Ticked rows: how many, all of the page, none. The box in the head stands for all of them.
  const picked = () => document.querySelectorAll("[data-picked]").forEach((out) => {
    const boxes = [...document.querySelectorAll(out.dataset.picked)], n = boxes.filter((b) => b.checked).length;
    out.textContent = out.dataset.words.replace("%d", n);
    document.querySelectorAll("[data-check-all]").forEach((all) => {
      all.checked = n > 0 && n === boxes.length;
      all.indeterminate = n > 0 && n < boxes.length;
    });
    offices();
  });
  // Whom the ticked may be given to: people of their department; of several there is nobody.
  const offices = () => document.querySelectorAll("[data-offices]").forEach((select) => {
    const ticked = new Set([...document.querySelectorAll(select.dataset.offices)].map((box) => box.dataset.office).filter(Boolean));
    select.querySelectorAll("optgroup").forEach((group) => { group.disabled = ticked.size > 1 || (ticked.size === 1 && !ticked.has(group.label)); });
    if (select.selectedOptions[0] && select.selectedOptions[0].closest("optgroup:disabled")) select.value = "";
    const why = document.getElementById(select.getAttribute("aria-describedby"));
    if (why) why.classList.toggle("over", ticked.size > 1);
  });
  const tick = (selector, to) => { document.querySelectorAll(selector).forEach((b) => { b.checked = to; }); picked(); };
  on("change", "[data-check-all]", (box) => tick(box.dataset.checkAll, box.checked));
  on("click", "[data-check]", (el) => tick(el.dataset.check, true));
  on("change", "[type=checkbox]", picked);
  // One answer for everything that has none yet; each can still be changed before the form is sent.
  on("click", "[data-choose]", (el, e) => {
    e.preventDefault();
    const open = [...document.querySelectorAll(el.dataset.choose)].filter((radio) => !el.form.elements[radio.name].value);
    open.forEach((radio) => { radio.checked = true; });
    if (open.length) dirty.add(el.form);
  });
  document.addEventListener("reset", (e) => setTimeout(() => {
    const out = e.target.querySelector("[data-picked]");
    if (!out) return;
    picked();
    document.querySelector(out.dataset.picked).focus(); // the bar with the button that was pressed is gone
  }));
  on("change", "[data-autosubmit]", (el) => el.form.requestSubmit());
  on("click", "[data-open]", (el, e) => {
    const box = document.getElementById(el.dataset.open);
    if (!box || !box.showModal) return;
    e.preventDefault();
    if (!el.form || !box.closest("form") || el.form.reportValidity()) box.showModal(); // what is missing is told before anything is asked
  });
  on("click", "[data-close]", (el, e) => { e.preventDefault(); el.closest("dialog").close(); });
  on("click", "[data-print]", () => window.print());
  on("click", "[data-copy]", (el) => {
    navigator.clipboard && navigator.clipboard.writeText(el.dataset.copy).then(() => say(text("copied")));
  });
  on("click", "[data-share]", (el) => {
    const url = el.dataset.share || location.href;
    if (navigator.share) navigator.share({ title: document.title, url }).catch(() => {});
    else if (navigator.clipboard) navigator.clipboard.writeText(url).then(() => say(text("copied")));
  });
  on("click", "[data-insert]", (el) => {
    const area = document.getElementById(el.dataset.insert);
    const before = area.value.slice(0, area.selectionStart), after = area.value.slice(area.selectionEnd);
    const words = (before.trim() && !before.endsWith("\n") ? "\n" : "") + el.dataset.text + (after.trim() && !after.startsWith("\n") ? "\n" : "");
    area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
    const fold = el.closest("details");
    if (fold) fold.open = false;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (el.closest("dialog")) el.closest("dialog").close();
    area.focus();
  });

  // A second click sends nothing twice; the button is disabled after the form has taken its value along.
  document.addEventListener("submit", (e) => {
    const form = e.target, button = e.submitter;
    if (form.method === "dialog") return;
    dirty.delete(form);
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.querySelectorAll("[data-keep]").forEach((el) => sessionStorage.removeItem(el.dataset.keep));
    if (["/console/sign-out", "/me/sign-out", "/me/delete"].includes(form.getAttribute("action"))) sessionStorage.clear();
    if (e.defaultPrevented || form.matches("[hx-get], [hx-post]") || form.method === "get") return;
    form.dataset.sent = "1";
    if (button) setTimeout(() => { button.disabled = true; button.classList.add("busy"); });
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll(".busy").forEach((b) => { b.disabled = false; b.classList.remove("busy"); });
  }));

  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input, textarea, select, [contenteditable]")) return;
    const box = document.querySelector("[data-search-key]");
    if (box) { e.preventDefault(); box.focus(); box.select(); }
  });

  // Saved is what was typed when the request went, unless more came since or the answer says that it was not kept.
  const posting = ({ detail: { elt, requestConfig } }) => requestConfig && requestConfig.verb !== "get" && elt.closest && elt.closest("form");
  document.addEventListener("htmx:beforeRequest", (e) => { const form = posting(e); if (form) sending.set(e.detail.xhr, edits.get(form)); });
  document.addEventListener("htmx:afterRequest", (e) => {
    const form = posting(e);
    if (form && saver(form)) failing[e.detail.successful ? "delete" : "add"](form);
    const kept = e.detail.successful && !e.detail.xhr.responseText.includes('class="saved not"'); // the line itself has its class only once it is settled
    if (form && kept && sending.get(e.detail.xhr) === edits.get(form)) dirty.delete(form);
  });
  // What could not be kept is said where it says what was: "saved" has "saved-401" and "saved-failed" beside it.
  const notKept = (e, kind) => {
    const line = e.detail.target, id = line && line.id, tpl = id && document.getElementById(`${id}-${kind}`);
    if (!tpl) return false;
    line.replaceChildren(tpl.content.cloneNode(true));
    line.classList.add("not");
    return true;
  };
  document.addEventListener("htmx:responseError", (e) => {
    const out = e.detail.xhr.status === 401;
    if (!notKept(e, out ? "401" : "failed")) say(out ? text("signedOut") : text("failed"));
  });
  document.addEventListener("htmx:sendError", (e) => notKept(e, "failed") || say(text("offline")));
  document.addEventListener("htmx:load", (e) => scan(e.detail.elt));
  // After an act the keyboard and the reader go on from what came of it, unless the address leads to a place of its own.
  const news = document.querySelector(".errors") || (location.hash.length < 2 && !document.querySelector("[autofocus]") && document.querySelector(".flash"));
  if (news) news.focus({ preventScroll: !news.matches(".errors") });
  // A page that answers a form is remembered by the address that shows it again: going back to it asks nobody to send anything twice.
  const again = document.querySelector("[data-again]");
  if (again && !location.search && (location.pathname !== again.dataset.again.split("?")[0] || document.querySelector(".errors, .sent"))) history.replaceState(null, "", again.dataset.again);
  scan(document);
})();
