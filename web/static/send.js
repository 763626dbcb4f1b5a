// A picture on its way: it goes up in parts (tus 1.0, web/resident/parts.go), so that a line that breaks off costs a part and not the whole,
// and the form follows when the picture is there. Nothing leaves the page before the service has answered, so the picture and what was typed
// are still there. Where parts are refused the form is sent as without script. What is sent again may have arrived before, and only the
// answer was lost: the case, now newer than this page, shows what it has.
(function () {
  "use strict";

  var form = document.querySelector("form[data-broken]");
  if (!form || !window.FormData || !XMLHttpRequest.prototype.hasOwnProperty("responseURL")) return;
  var input = form.querySelector("input[type=file]"), busy = false, broken = false, tries = 0, note, words, bar;
  var part = 262144, waits = [1000, 3000, 6000]; // bytes, milliseconds before the person is told
  var whole = form.action.indexOf("/handover/") > 0; // a phone that is lent has no session, and sends its one picture at once
  var file, at, address, again; // the picture on its way, how much of it is there, and where; and whether the form was sent

  function say(text) {
    if (!note) {
      note = document.createElement("div");
      words = document.createElement("p");
      bar = document.createElement("progress");
      words.className = "govuk-body";
      words.setAttribute("role", "status");
      bar.setAttribute("aria-label", form.getAttribute("data-sending"));
      note.appendChild(words);
      note.appendChild(bar);
      form.appendChild(note);
    }
    note.className = broken ? "gh-note gh-sending" : "gh-sending";
    note.hidden = false;
    bar.hidden = broken;
    if (words.textContent !== text) words.textContent = text;
  }

  function shown(sent) { bar.value = file.size ? (at + sent) / file.size : 0; }

  // one request; then is called with it when an answer came, whatever it says
  function ask(method, to, headers, body, then) {
    var request = new XMLHttpRequest();
    request.open(method, to);
    for (var name in headers) request.setRequestHeader(name, headers[name]);
    request.upload.addEventListener("progress", function (event) { if ((address || whole) && body) shown(event.loaded); });
    request.addEventListener("load", function () {
      tries = 0;
      then(request);
    });
    request.addEventListener("error", wait);
    request.send(body);
  }

  function headers(more) {
    more["Tus-Resumable"] = "1.0.0";
    more["X-CSRF-Token"] = form.elements.csrf.value;
    return more;
  }

  // the line broke: some more tries of its own, then the person is told; both go on where it broke
  function wait() {
    if (navigator.onLine !== false && tries < waits.length) setTimeout(go, waits[tries++]);
    else {
      tries = 0;
      busy = false;
      broken = true;
      say(form.getAttribute("data-broken"));
    }
  }

  function go() {
    if (whole) finish();
    else if (address) ask("HEAD", address, headers({}), null, stands);
    else begin();
  }

  function begin() {
    ask("POST", "/uploads", headers({ "Upload-Length": String(file.size) }), null, function (request) {
      if (request.status !== 201) return plain();
      address = request.getResponseHeader("Location");
      stands(request);
    });
  }

  function stands(request) {
    var offset = parseInt(request.getResponseHeader("Upload-Offset"), 10);
    if (request.status >= 300 || !(offset >= 0)) return plain();
    at = offset;
    shown(0);
    if (at >= file.size) return finish();
    ask("POST", address, headers({ "X-HTTP-Method-Override": "PATCH", "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" }),
      file.slice(at, at + part), function (request) {
        if (request.status === 409) go(); // a part arrived although its answer did not
        else stands(request);
      });
  }

  // the form, with the name of what is there in the place of the picture
  function finish() {
    var data = new FormData(form), second = again;
    if (!whole) {
      data.delete(input.name);
      data.append("parts", address.replace(/^.*\//, ""));
    }
    again = true; // whatever comes after this one comes again
    ask("POST", form.action, {}, data, function (request) {
      if (request.status === 200) location.assign(request.responseURL);
      else if (second && request.status === 409) location.assign(form.action.replace(/\/[^/]*$/, ""));
      else answer(request.responseText);
    });
  }

  // the server's own page about what it does not take: sent once more to get it, the picture would come twice, and what was saved of the
  // first time would outdate the second
  function answer(page) {
    document.open();
    document.write(page);
    document.close();
  }

  function plain() { form.submit(); }

  function send() {
    if (file !== input.files[0]) {
      file = input.files[0];
      address = null;
      at = 0;
      again = false;
    }
    busy = true;
    broken = false;
    tries = 0;
    say(form.getAttribute("data-sending"));
    shown(0);
    go();
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
