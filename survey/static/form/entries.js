// Entries of a form's lists (instances of its repeats), as the engine keeps them: emptied of what nobody added, and copied.
"use strict";

import { mayChange } from "./pages.js";

/** Take out the blank entry that a form brings along in each of its lists: an entry is there when it was added. */
export function emptied(scope) {
  for (const node of scope.currentState.children) {
    if (mayChange(node)) {
      const count = node.currentState.children.length;
      if (count) node.removeInstances(0, count);
    } else if (node.currentState.children) emptied(node);
  }
}

/** Answers of one entry into another; what only shows up with them follows in a second round. Files stay where they are. */
export function copyEntry(from, to) {
  for (let round = 0; round < 3; round += 1) copyBelow(from, to);
}

function copyBelow(from, to) {
  const targets = new Map(to.currentState.children.map((node) => [node.definition.nodeset, node]));
  for (const node of from.currentState.children) {
    const target = targets.get(node.definition.nodeset);
    const value = node.currentState.instanceValue;
    if (!target) continue;
    if (node.nodeType === "group") copyBelow(node, target);
    else if (mayChange(node)) {
      const have = target.currentState.children.length;
      const missing = node.currentState.children.length - have;
      if (missing > 0) target.addInstances(have - 1, missing);
      node.currentState.children.forEach((entry, index) => copyBelow(entry, target.currentState.children[index]));
    } else if (!value || node.currentState.readonly || node.definition.bind.calculate) continue;
    else if (node.nodeType === "select") target.selectValues(node.currentState.value);
    else if (node.nodeType === "rank") target.setValues(node.currentState.value);
    else if (node.nodeType === "trigger") target.setValue(true);
    else if (node.nodeType === "input" || node.nodeType === "range") target.setValue(value);
  }
}
