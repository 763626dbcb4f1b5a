// A picture before it is sent: shown, turned upright, made small enough, and looked at with the thresholds of the server's own
// table (media.Advice, in data-judge). Advice only: whatever goes wrong here, the chosen file is sent as it is and the server
// looks at it. The measures are those of media/photo/measure.go and frame.go, step by step; a test compares the two: change both or neither.
(function () {
  "use strict";

  var input = document.querySelector("input[type=file][data-judge]");
  if (!input || !window.createImageBitmap || !window.DataTransfer || !HTMLCanvasElement.prototype.toBlob) return;
  var task = JSON.parse(input.getAttribute("data-judge")), t = task.thresholds, latest = 0;

  function canvas(w, h) {
    var c = document.createElement("canvas");
    c.width = w;
    c.height = h;
    return c;
  }

  // the longest side of what is sent, storedSide of media/photo: of a paper of several pages each is kept as large as a sheet alone
  function longest(w, h) {
    var long = Math.max(w, h), short = Math.min(w, h);
    if (task.portrait || long * 100 <= short * t.sheetLong) return task.side;
    return Math.min(task.side * long * 100 / (short * t.sheetLong), task.most);
  }

  // the picture upright (browsers apply its orientation), made smaller where it is larger than that
  function drawn(picture) {
    var by = Math.min(1, longest(picture.width, picture.height) / Math.max(picture.width, picture.height));
    var c = canvas(Math.max(1, Math.round(picture.width * by)), Math.max(1, Math.round(picture.height * by))), g = c.getContext("2d");
    g.fillStyle = "#fff";
    g.fillRect(0, 0, c.width, c.height);
    g.imageSmoothingQuality = "high";
    g.drawImage(picture, 0, 0, c.width, c.height);
    return c;
  }

  // what counts of a picture: the whole of a paper, the largest frame of 3 x 4 in the middle of a portrait
  function part(c) {
    if (!task.portrait) return { x: 0, y: 0, w: c.width, h: c.height };
    var high = Math.min(c.height, c.width * 4 / 3), wide = high * 3 / 4;
    return { x: Math.floor((c.width - wide) / 2), y: Math.floor((c.height - high) / 2), w: Math.floor(wide), h: Math.floor(high) };
  }

  // the mean of blocks, at most t.judgedSide a side
  function average(c, at) {
    var data = c.getContext("2d").getImageData(at.x, at.y, at.w, at.h).data, long = Math.max(at.w, at.h);
    if (long <= t.judgedSide) return { w: at.w, h: at.h, pix: data };
    var w = Math.max(1, Math.floor(at.w * t.judgedSide / long)), h = Math.max(1, Math.floor(at.h * t.judgedSide / long));
    var pix = new Uint8ClampedArray(4 * w * h);
    for (var y = 0; y < h; y++) {
      for (var x = 0; x < w; x++) {
        var x0 = Math.floor(x * at.w / w), x1 = Math.floor((x + 1) * at.w / w), y0 = Math.floor(y * at.h / h), y1 = Math.floor((y + 1) * at.h / h);
        var r = 0, g = 0, b = 0, n = (x1 - x0) * (y1 - y0), half = n >> 1, to = 4 * (y * w + x);
        for (var v = y0; v < y1; v++) {
          for (var u = x0; u < x1; u++) {
            var from = 4 * (v * at.w + u);
            r += data[from];
            g += data[from + 1];
            b += data[from + 2];
          }
        }
        pix[to] = Math.floor((r + half) / n);
        pix[to + 1] = Math.floor((g + half) / n);
        pix[to + 2] = Math.floor((b + half) / n);
      }
    }
    return { w: w, h: h, pix: pix };
  }

  function measure(c, size) {
    var small = average(c, part(c)), w = small.w, h = small.h, n = w * h, grey = new Float64Array(n), sum = 0, squares = 0, blown = 0;
    for (var i = 0; i < n; i++) {
      var l = 0.299 * small.pix[4 * i] + 0.587 * small.pix[4 * i + 1] + 0.114 * small.pix[4 * i + 2];
      grey[i] = l;
      sum += l;
      squares += l * l;
      if (l >= t.blown) blown++;
    }
    var mean = sum / n;
    return {
      width: size.width, height: size.height, mean: mean, deviation: Math.sqrt(Math.max(0, squares / n - mean * mean)),
      blown: blown / n, sharpness: sharpness(grey, w, h), blue: task.portrait ? blue(small) : 1
    };
  }

  // the variance of the Laplacian
  function sharpness(grey, w, h) {
    if (w < 3 || h < 3) return 0;
    var sum = 0, squares = 0, n = (w - 2) * (h - 2);
    for (var y = 1; y < h - 1; y++) {
      for (var x = 1; x < w - 1; x++) {
        var i = y * w + x, d = grey[i - w] + grey[i + w] + grey[i - 1] + grey[i + 1] - 4 * grey[i];
        sum += d;
        squares += d * d;
      }
    }
    return squares / n - (sum / n) * (sum / n);
  }

  // the share of blue where a portrait's background shows
  function blue(small) {
    var top = Math.floor(t.stripTop * small.h), side = Math.floor(t.stripSide * small.w), down = Math.floor(t.sidesDownTo * small.h), seen = 0, found = 0;
    for (var y = 0; y < down; y++) {
      for (var x = 0; x < small.w; x++) {
        if (y >= top && x >= side && x < small.w - side) continue;
        var i = 4 * (y * small.w + x);
        seen++;
        if (isBlue(small.pix[i], small.pix[i + 1], small.pix[i + 2])) found++;
      }
    }
    return seen ? found / seen : 0;
  }

  function isBlue(r, g, b) {
    var high = Math.max(r, g, b), low = Math.min(r, g, b);
    if (high !== b || high < t.value || high === low) return false;
    var hue = 240 + 60 * (r - g) / (high - low);
    return (high - low) / high >= t.saturation && hue >= t.hueFrom && hue <= t.hueTo;
  }

  // what the browser's own finder sees of faces, the largest first; nothing where it has none, or does not answer in time
  function faces(c) {
    if (!task.portrait || !window.FaceDetector) return Promise.resolve();
    return new Promise(function (done) {
      setTimeout(done, 2000);
      new FaceDetector().detect(c).then(done, function () { done(); });
    }).then(function (found) {
      if (!found) return;
      found = found.map(function (f) { return f.boundingBox; }).sort(function (a, b) { return b.height - a.height; });
      return found.filter(function (f) { return f.height >= t.secondFace * found[0].height; });
    }).catch(function () { /* it is there by name only */ });
  }

  // where the largest face lies in the frame of 3 x 4 around it: a head is half as long again, with the eyes in the middle
  function placed(c, f) {
    var length = 1.5 * f.height, eyes = f.y + 0.41 * f.height, x = f.x + f.width / 2;
    var high = Math.min(length / 0.7, c.height, c.width * 4 / 3), wide = high * 3 / 4;
    var left = Math.max(0, Math.min(c.width - wide, x - wide / 2)), top = Math.max(0, Math.min(c.height - high, eyes + 0.05 * high - high / 2));
    return { length: length / high, eyes: (eyes - top) / high, offCentre: Math.abs(x - left - wide / 2) / wide, share: wide / c.width };
  }

  function misplaced(head) {
    return head.length > t.headHighest || head.eyes < t.eyesHighest || head.eyes > t.eyesLowest || head.offCentre > t.offCentre;
  }

  // media.Thresholds.Judge; found are the faces, where the browser knows of them
  function judge(m, c, found) {
    var out = [], dark = m.mean < t.dark, glare, small, shape = m.width / m.height, head = found && found.length ? placed(c, found[0]) : null;
    var blurred = m.sharpness < t.sharp;
    if (task.portrait) {
      glare = m.mean > t.bright;
      small = m.width < t.printWidth || m.height < t.printHeight;
    } else {
      glare = m.mean > t.bright && m.deviation < t.flat || m.blown > t.blownFrom && m.blown <= t.blownMost;
      small = Math.min(Math.max(m.width, m.height), Math.floor(Math.min(m.width, m.height) * t.sheetLong / 100)) < t.certificateSide;
    }
    if (dark) out.push("dark");
    if (glare) out.push("glare");
    if (!dark && !glare && blurred) out.push("blurred");
    if (small) out.push("too_small");
    if (task.portrait && (shape < t.narrow || shape > t.wide || head && misplaced(head))) out.push("proportion");
    if (!task.portrait || dark || glare) return out;
    if (m.blue < t.blueShare) out.push("background");
    if (head && found.length > 1) out.push("several_faces");
    if (found && !head && !blurred) out.push("no_face");
    if (head && !small && head.share * m.width < t.printWidth) out.push("head_too_small");
    return out;
  }

  // under the input: the picture as it will be sent, if it can be shown, and one sentence
  function show(c, sentence) {
    var box = document.getElementById("photo-preview");
    if (!box) {
      box = document.createElement("div");
      box.id = "photo-preview";
      box.className = "gh-preview";
      box.setAttribute("role", "status");
      input.parentNode.appendChild(box);
    }
    box.textContent = "";
    box.removeAttribute("data-verdicts");
    if (c) {
      c.setAttribute("role", "img");
      c.setAttribute("aria-label", task.words.preview);
      box.appendChild(c);
    }
    if (!sentence) return box;
    var words = document.createElement("p");
    words.className = "govuk-body";
    words.textContent = sentence;
    box.appendChild(words);
    return box;
  }

  // what is sent instead of the chosen file, even where that was smaller: no place and no phone's name leaves the phone
  function replace(blob) {
    if (!blob) return;
    var files = new DataTransfer();
    files.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
    input.files = files.files;
  }

  // A picture that could be better is not sent at once: the page asks for another one. After two tries this one may be sent anyway, and
  // asking for another is a try, whether one comes or not: who has no better camera must get on.
  var form = input.form, send = form.querySelector("button[type=submit]"), label = send.textContent, tries = task.tries, bad = false, looking = false;
  var another = document.createElement("button");
  another.type = "button";
  another.className = "govuk-button";
  another.textContent = task.words.another;
  another.addEventListener("click", function () {
    tries = 2;
    offer();
    input.click();
  });

  function waits() { return bad && tries < 2; }

  function offer() {
    if (bad) send.parentNode.insertBefore(another, send);
    else another.remove();
    send.hidden = waits();
    send.className = bad ? "govuk-button govuk-button--secondary" : "govuk-button";
    send.textContent = bad ? task.words.anyway : label;
  }

  // who is faster than this script is judged before anything leaves; send.js comes after
  form.addEventListener("submit", function (event) {
    if (!looking && !waits()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!looking) return another.focus();
    input.looked.then(function () { send.click(); });
  });

  // what the server said of the picture before is not said of this one
  function forget() {
    var group = input.closest(".govuk-form-group--error"), said = group && group.querySelector(".govuk-error-message");
    if (!said) return;
    group.classList.remove("govuk-form-group--error");
    said.remove();
  }

  // a file that says of itself that it is none of ours; nothing where the phone does not know
  function foreign(file) {
    return file.type !== "" && file.type.indexOf("image/") !== 0 && (task.portrait || file.type !== "application/pdf");
  }

  function look() {
    var file = input.files[0], mine = ++latest;
    bad = false;
    looking = !!file;
    show(null);
    offer();
    if (!file) return;
    forget();
    input.looked = createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      if (mine !== latest) return;
      var c = drawn(picture);
      return faces(c).then(function (found) {
        if (mine !== latest) return;
        var verdicts = judge(measure(c, picture), c, found);
        picture.close();
        return new Promise(function (done) { c.toBlob(done, "image/jpeg", task.quality); }).then(function (blob) {
          if (mine !== latest) return;
          replace(blob);
          show(c, verdicts.length ? task.hints[verdicts[0]] : task.words.good).setAttribute("data-verdicts", verdicts.join(" "));
          bad = verdicts.length > 0;
          if (bad) tries++;
          offer();
        });
      });
    }).catch(function () { // the server tries
      if (mine === latest) show(null, foreign(file) ? task.words.foreign : task.words.unseen);
    }).then(function () { if (mine === latest) looking = false; });
  }

  input.addEventListener("change", look);
})();
