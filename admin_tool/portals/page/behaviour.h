#pragma once

#include <string_view>

// The page's style and script: constants, so that the policy can name them by their hashes.
namespace secondstep::page {

inline constexpr std::string_view style = R"css(
:root{color-scheme:light dark;--ink:#111;--paper:#fff;--soft:#4a4a4a;--strong:#0b57d0;--on:#fff;--edge:#767676;
--bad:#a50e0e;--badpaper:#fdecea}
@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--paper:#121212;--soft:#c4c4c4;--strong:#a8c7fa;--on:#062e6f;
--edge:#8f8f8f;--bad:#ffb4ab;--badpaper:#3b1512}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.25rem 1.25rem 3rem}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 1rem;overflow-wrap:anywhere}
h1:focus,.problem:focus{outline:none}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.name,.small{color:var(--soft)}
.small{font-size:1rem}
.label{font-weight:700;font-size:1.25rem}
.problem{margin:0 0 1rem;border-left:.4rem solid var(--bad);background:var(--badpaper);color:var(--ink);padding:.75rem 1rem}
.problem p{margin:0}
.problem strong{color:var(--bad)}
input[type=file]{display:block;width:100%;font:inherit;padding:1rem;margin:.5rem 0 1rem;border:2px dashed var(--edge);
border-radius:.75rem;background:transparent;color:inherit}
input[type=file]::file-selector-button{font:inherit;font-weight:600;min-height:3rem;padding:.5rem 1rem;margin-right:1rem;
border:2px solid var(--strong);border-radius:.5rem;background:transparent;color:var(--strong)}
label{font-weight:700}
button{display:block;width:100%;min-height:3.5rem;font:inherit;font-weight:700;border:0;border-radius:.75rem;
background:var(--strong);color:var(--on);overflow-wrap:anywhere}
button:disabled{opacity:.6}
:focus-visible{outline:3px solid var(--strong);outline-offset:3px}
img{display:block;max-width:100%;max-height:14rem;margin:0 auto 1rem;border-radius:.5rem}
progress{width:100%;height:1rem;margin:1rem 0 0}
[hidden]{display:none}
)css";

// Adds to a form that works without it: a look at the picture, its size before it is sent, how far it is, and
// the time that is left. What the server answers is a whole page; its <main> takes the place of this one's.
inline constexpr std::string_view script = R"js(
"use strict";
(() => {
  let since = Date.now();
  const byId = (id) => document.getElementById(id);
  const main = () => document.querySelector("main");
  const show = (next, title) => {
    main().replaceWith(next);
    document.title = title;
    since = Date.now();
    tick();
    (next.querySelector("#problem:not([hidden])") || next.querySelector("h1")).focus();
  };
  const say = (text) => { byId("status").textContent = text; };
  const idle = (yes) => {
    byId("send").disabled = !yes;
    byId("progress").hidden = yes;
  };
  const complain = (text) => {
    idle(true);
    say("");
    byId("problem-text").textContent = text;
    byId("problem").hidden = false;
    byId("problem").scrollIntoView({block: "nearest"});
  };
  const tick = () => {
    const place = byId("left");
    if (!place) return;
    const left = Math.round(Number(main().dataset.left) - (Date.now() - since) / 1000);
    if (left > 0) {
      place.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      byId("time").hidden = false;
    } else if (byId("progress").hidden) {
      const end = byId("expired").content.cloneNode(true).firstElementChild;
      show(end, end.querySelector("h1").textContent);
    }
  };
  const answer = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const next = page.querySelector("main");
    if (next) show(next, page.title);
    else complain(main().dataset.broken);
  };
  const isTooLarge = (file) => file.size > Number(main().dataset.most);
  document.addEventListener("change", (event) => {
    const file = event.target.files[0];
    const look = byId("look");
    if (look.src) URL.revokeObjectURL(look.src);
    look.hidden = !file;
    byId("problem").hidden = true;
    if (file) look.src = URL.createObjectURL(file);
    if (file && isTooLarge(file)) complain(main().dataset.large);
  });
  // A file that is no picture has nothing to look at.
  document.addEventListener("error", (event) => { event.target.hidden = true; }, true);
  document.addEventListener("submit", (event) => {
    const file = event.target.elements.picture.files[0];
    if (!file) return;
    event.preventDefault();
    if (isTooLarge(file)) {
      complain(main().dataset.large);
      return;
    }
    const request = new XMLHttpRequest();
    const data = new FormData(event.target);
    const bar = byId("progress");
    byId("problem").hidden = true;
    bar.value = 0;
    idle(false);
    say(main().dataset.sending);
    request.upload.onprogress = (now) => { bar.value = now.loaded / now.total; };
    request.upload.onload = () => {
      bar.removeAttribute("value");
      say(main().dataset.looking);
    };
    request.onload = () => answer(request.responseText);
    request.onerror = () => complain(main().dataset.broken);
    request.open("POST", location.href);
    request.send(data);
  });
  tick();
  setInterval(tick, 1000);
})();
)js";

}  // namespace secondstep::page
