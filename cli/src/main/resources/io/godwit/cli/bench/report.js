// Shows what is under the pointer; the page is whole without it.
"use strict";
const tip = document.getElementById("tip");
for (const plot of document.querySelectorAll("svg.plot")) {
  const cursor = plot.querySelector(".cursor");
  const hide = () => {
    tip.hidden = true;
    cursor.style.visibility = "hidden";
  };
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("pointermove", event => {
    const strip = event.target.closest(".strip");
    if (!strip) {
      hide();
      return;
    }
    const middle = strip.x.baseVal.value + strip.width.baseVal.value / 2;
    cursor.setAttribute("x1", middle);
    cursor.setAttribute("x2", middle);
    cursor.style.visibility = "visible";
    tip.textContent = strip.dataset.tip;
    tip.hidden = false;
    const left = event.clientX + 14;
    const fits = left + tip.offsetWidth < document.documentElement.clientWidth;
    tip.style.left = (fits ? left : event.clientX - 14 - tip.offsetWidth) + "px";
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + "px";
  });
}
