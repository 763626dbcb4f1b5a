// What a page gains with script; every page works without it.
(function () {
  "use strict";

  // A page that answers with errors: focus goes to the summary, so that a screen reader begins there.
  var summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  // A second press of the same button within two seconds is the same press. The server decides anyway; this spares a page.
  document.addEventListener("submit", function (event) {
    var form = event.target, now = Date.now();
    if (form.sentAt && now - form.sentAt < 2000) {
      event.preventDefault();
      return;
    }
    form.sentAt = now;
    var words = form.getAttribute("data-sending");
    if (words) {
      var note = document.createElement("p");
      note.className = "govuk-body gh-under";
      note.setAttribute("role", "status");
      note.textContent = words;
      form.appendChild(note);
    }
  });
  // Coming back with the browser's button shows the form as it was: it may be sent again.
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, function (form) { form.sentAt = 0; });
  });

  // Two minutes before an idle session ends: say so, and keep it alive at one press. What is typed stays on the page.
  var body = document.body, idle = Number(body.getAttribute("data-session"));
  function warn() {
    var note = document.createElement("div"), words = document.createElement("p"), button = document.createElement("button");
    note.className = "gh-session";
    note.setAttribute("role", "alert");
    words.className = "govuk-body";
    words.textContent = body.getAttribute("data-session-warning");
    button.type = "button";
    button.className = "govuk-button";
    button.textContent = body.getAttribute("data-session-go-on");
    note.appendChild(words);
    note.appendChild(button);
    body.appendChild(note);
    var end = setTimeout(over, 120000);
    function over() {
      words.textContent = body.getAttribute("data-session-over");
      button.hidden = true;
    }
    button.addEventListener("click", function () {
      fetch(location.href, { redirect: "manual", cache: "no-store" }).then(function (answer) {
        clearTimeout(end);
        if (!answer.ok) return over();
        note.remove();
        setTimeout(warn, (idle - 120) * 1000);
      }, function () { /* offline: the sentence stays, and the button may be pressed again */ });
    });
  }
  if (idle > 120 && window.fetch) setTimeout(warn, (idle - 120) * 1000);

  // Keys at the desk: a single letter presses what carries it, only while no field has focus, and they can be switched off
  // (WCAG 2.1.4). The choice stays in this browser.
  var desk = document.querySelector(".gh-desk");
  if (!desk) return;
  var off = false;
  try { off = localStorage.getItem("keys") === "off"; } catch (e) { /* storage refused: keys stay on */ }
  var button = document.getElementById("keys-switch");
  function say() {
    button.textContent = desk.getAttribute(off ? "data-keys-on" : "data-keys-off");
  }
  if (button) {
    button.hidden = false;
    say();
    button.addEventListener("click", function () {
      off = !off;
      try { localStorage.setItem("keys", off ? "off" : "on"); } catch (e) { /* for this page only */ }
      say();
    });
  }

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-row]")); }
  function step(by) {
    var all = rows();
    if (!all.length) return;
    var here = all.findIndex(function (row) { return row.classList.contains("is-here"); });
    var next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))];
    all.forEach(function (row) { row.classList.toggle("is-here", row === next); });
    next.scrollIntoView({ block: "nearest" });
    var link = next.querySelector("a");
    if (link) link.focus();
  }
  function press(key) {
    var here = document.querySelector(".is-here"), mine = '[data-key="' + key + '"]';
    // what stands in a row is pressed only in the row where one is: C must never claim another case
    var target = (here && here.querySelector(mine)) || Array.prototype.find.call(document.querySelectorAll(mine), function (at) {
      return !at.closest("[data-row]");
    });
    if (!target) return false;
    if (target.type === "radio" || target.type === "checkbox") target.focus();
    target.click();
    return true;
  }
  // Pictures change in place: a new page would lose what is typed beside them. Where that fails the link is followed.
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest(".gh-picture a") : null;
    if (!link || !window.fetch || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fetch(link.href, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw answer;
      return answer.text();
    }).then(function (html) {
      var next = new DOMParser().parseFromString(html, "text/html").getElementById("picture"), form = document.getElementById("judge");
      document.getElementById("picture").replaceWith(next);
      var same = next.querySelector('[data-key="' + link.getAttribute("data-key") + '"]');
      if (same) same.focus();
      if (form && form.action) form.action = form.action.split("?")[0] + link.search;
      history.replaceState(null, "", link.href);
    }).catch(function () { location.href = link.href; });
  });
  document.addEventListener("keydown", function (event) {
    var at = event.target, typing = at.isContentEditable || /^(TEXTAREA|SELECT)$/.test(at.tagName) ||
      (at.tagName === "INPUT" && !/^(radio|checkbox|submit|button)$/.test(at.type));
    if (event.key === "Enter" && event.ctrlKey) {
      var send = document.querySelector('[data-key="ctrl-enter"]');
      if (send) { event.preventDefault(); send.click(); }
      return;
    }
    if (off || typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var key = event.key.toLowerCase();
    if (key === "/") {
      var field = document.getElementById("q");
      if (field) { event.preventDefault(); field.focus(); }
    } else if (key === "j" || key === "k") {
      step(key === "j" ? 1 : -1);
    } else if (/^[a-z0-9+\-?]$/.test(key) && press(key)) {
      event.preventDefault();
    }
  });
})();
