// A picture that a phone takes for this page: the page asks whether it has come, and shows it without losing what is typed.
(function () {
  "use strict";

  // The code's buttons send what is typed and no picture; what watches a picture on its way must not take them for it.
  document.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.hasAttribute("formaction")) event.stopPropagation();
  }, true);

  var box = document.getElementById("handover"), ask = box && box.getAttribute("data-ask"), until = Date.now() + 660000, asking = false;
  if (!ask || !window.fetch || !window.DOMParser) return;

  function later() {
    setTimeout(function () {
      asking = false;
      go();
    }, 3000);
  }

  function go() {
    if (asking || !ask || document.hidden || Date.now() > until) return;
    asking = true;
    fetch(ask, { credentials: "same-origin", cache: "no-store", redirect: "manual" }).then(function (answer) {
      if (answer.status === 204) return later();
      if (answer.status !== 200) ask = ""; // it cannot come any more: the page offers another code
      return show();
    }).catch(function () { if (ask) later(); });
  }

  // only what speaks of the picture changes: fields, and what is typed in them, stay as they are
  function show() {
    return fetch(box.getAttribute("data-page"), { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw answer;
      return answer.text();
    }).then(function (html) {
      var next = new DOMParser().parseFromString(html, "text/html");
      ["shot", "handover"].forEach(function (id) {
        document.getElementById(id).innerHTML = next.getElementById(id).innerHTML;
      });
      ask = "";
    });
  }

  document.addEventListener("visibilitychange", go);
  later();
})();
