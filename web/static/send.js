// A picture on its way: how far it is, and what to do where the network breaks off. Nothing leaves the page before the service has answered,
// so the picture and what was typed are still there. The server's answer to a fault is its own page: the form is then sent without script.
// What is sent again may have arrived before, and only the answer was lost: the case, now newer than this page, shows what it has.
(function () {
  "use strict";

  var form = document.querySelector("form[data-broken]");
  if (!form || !window.FormData || !XMLHttpRequest.prototype.hasOwnProperty("responseURL")) return;
  var input = form.querySelector("input[type=file]"), busy = false, broken = false, note, words, bar;

  function say(text) {
    if (!note) {
      note = document.createElement("div");
      words = document.createElement("p");
      bar = document.createElement("progress");
      note.className = "gh-sending";
      words.className = "govuk-body";
      words.setAttribute("role", "status");
      bar.setAttribute("aria-label", form.getAttribute("data-sending"));
      note.appendChild(words);
      note.appendChild(bar);
      form.appendChild(note);
    }
    note.hidden = false;
    bar.hidden = broken;
    bar.value = 0;
    words.textContent = text;
  }

  function send() {
    var request = new XMLHttpRequest(), again = broken;
    busy = true;
    broken = false;
    say(form.getAttribute("data-sending"));
    request.open("POST", form.action);
    request.upload.addEventListener("progress", function (event) {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", function () {
      if (request.status === 200) location.assign(request.responseURL);
      else if (again && request.status === 409) location.assign(form.action.replace(/\/[^/]*$/, ""));
      else form.submit();
    });
    request.addEventListener("error", function () {
      busy = false;
      broken = true;
      say(form.getAttribute("data-broken"));
    });
    request.send(new FormData(form));
  }

  form.addEventListener("submit", function (event) {
    if (!input.files.length) return; // an earlier picture counts, or the server says that there is none
    event.preventDefault();
    event.stopPropagation(); // app.js would count presses too
    if (busy) return;
    busy = true;
    Promise.resolve(input.looked).then(send); // by photo.js: what it draws is sent, not what was chosen
  });
  window.addEventListener("online", function () { if (broken) send(); });
  window.addEventListener("pageshow", function () {
    busy = false;
    if (note && !broken) note.hidden = true;
  });
})();
