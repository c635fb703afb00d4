// "Predict first": the list of options becomes a choice, or a number is asked for; then the answer opens, compared with the reader's.
(() => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // A sentence whose {} stand for nodes or texts.
  const fill = (sentence, ...values) => sentence.split("{}").flatMap((part, place) => place ? [values[place - 1], part] : [part]);
  // What an element holds, without links: they have their place in the answer.
  const copy = nodes => {
    const holder = make("span", {}, ...[...nodes].map(node => node.cloneNode(true)));
    for (const link of holder.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    return holder;
  };
  // In a sentence, word joiners keep a formula beside its quotation marks.
  const quoted = element => make("span", {}, "\u2060", copy(element.childNodes), "\u2060");
  const rounded = number => Number(number.toPrecision(2)).toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 2 });
  // "0.3", "1,000", "−3", "30 %", "2e-16", "10^-16", "2·10^5"
  const read = text => {
    const plain = text.replace(/[\s,，%]/g, "").replace(/[−–]/g, "-").replace(/[×·*]10\^/g, "e").replace(/^(-?)10\^/, "$11e");
    return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
  };
  const apart = (said, truth, by, words) => {
    const difference = truth - said;
    if (!difference) return words.exact;
    const more = difference > 0 ? "more" : "less";
    if (by === "difference" || said * truth <= 0) return fill(words[more], rounded(Math.abs(difference))).join("");
    // Larger in size; for two negative numbers "more" would be ambiguous, so the sizes are compared.
    const ratio = truth / said, factor = Math.max(ratio, 1 / ratio), side = ratio > 1 ? "more" : "less";
    if (factor <= 1.1) return words.close;
    if (factor < 2) return fill(words[`percent ${side}`], rounded(100 * Math.abs(ratio - 1))).join("");
    if (factor < 1e4) return fill(words[`times ${side}`], rounded(factor)).join("");
    return fill(words[`decades ${side}`], rounded(Math.log10(factor))).join("");
  };

  for (const [index, box] of document.querySelectorAll(".predict").entries()) {
    const words = JSON.parse(box.dataset.words), answer = box.querySelector("details"), right = answer.querySelector(".predict-right");
    const list = box.querySelector(".predict-options"), question = [...box.children].filter(part => part.matches("p:not(.admonition-title)")).at(-1);
    const result = make("p", { className: "predict-result" });
    result.setAttribute("role", "status"); // a polite live region
    const fieldset = make("fieldset", {}, make("legend", {}, ...question.childNodes));
    const form = make("form", { className: "predict-form" }, fieldset, make("button", { type: "submit", textContent: words.compare }), result);
    let compared; // what to say of the form as it is

    if (list) {
      const choices = [...list.children].map(item => {
        const input = make("input", { type: "radio", name: `predict-${index}`, required: true });
        const text = copy(item.childNodes), label = make("label", {}, input, text);
        return { input, text, label, fits: "right" in item.dataset };
      });
      fieldset.append(...choices.map(choice => choice.label));
      compared = () => {
        const chosen = choices.find(choice => choice.input.checked);
        for (const choice of choices) choice.label.className = choice.fits ? "right" : choice === chosen ? "wrong" : "";
        return fill(chosen.fits ? words.right : words.wrong, quoted(chosen.text), quoted(right));
      };
      list.remove();
    } else {
      const input = make("input", { required: true, inputMode: "decimal", autocomplete: "off", name: `predict-${index}` });
      const unit = box.dataset.percent === undefined ? copy([...right.childNodes].slice(1)) : "%";
      fieldset.append(make("label", {}, words.yours, input, unit));
      input.addEventListener("input", () => input.setCustomValidity(!input.value.trim() || read(input.value) !== null ? "" : words.unread));
      compared = () => {
        const said = read(input.value);
        return fill(words.sentence, input.value.trim(), copy(right.childNodes), apart(said, Number(box.dataset.value), box.dataset.compare, words));
      };
    }
    form.addEventListener("submit", event => {
      event.preventDefault();
      result.replaceChildren(...compared());
      answer.open = true;
    });
    question.replaceWith(form);
  }
})();
