// Numbers and elements as readers meet them.
const superscript = n => String(n).replace(/./g, c => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

/** 10ⁿ */
export const power = n => (n === 0 ? "1" : n === 1 ? "10" : `10${superscript(n)}`);

/** 10 to the power `log` as readers write it; the number itself may underflow. */
export function readable(log, digits = 2) {
  if (log === -Infinity) return "0";
  if (log > -2.5 && log < 3.5) return String(+(10 ** log).toPrecision(digits));
  let exponent = Math.floor(log), mantissa = (10 ** (log - exponent)).toFixed(digits - 1);
  if (+mantissa >= 10) [exponent, mantissa] = [exponent + 1, (1).toFixed(digits - 1)];
  return `${mantissa} × 10${superscript(exponent)}`;
}

/** An element with attributes, properties and children; a name with a dash or a colon is an attribute. */
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given))
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  element.append(...children);
  return element;
}
