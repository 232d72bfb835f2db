// A draft put back into the engine with its files.
//
// The engine keeps the name of a file that it was restored with even after the file is taken away, and does not hand out again
// what it was given. So names of files are left out of what is restored, and each file is then chosen anew at its place.
"use strict";

const XML = "xml_submission_file";

/** The instance of a draft {xml, files, earlier}. `xml`: of the form. What an earlier version of the form had at the same place goes
    over; what this one does not ask any more is left behind. */
export async function restored(loaded, xml, draft, config) {
  const files = draft.files || {};
  const whole = new DOMParser().parseFromString(draft.xml, "text/xml").documentElement;
  const bare = whole.cloneNode(true);
  if (draft.earlier) nowOf(bare, xml);
  for (const element of bare.querySelectorAll("*")) {
    if (!element.children.length && files[element.textContent]) element.textContent = "";
  }
  const data = new FormData();
  data.set(XML, new File([new XMLSerializer().serializeToString(bare)], XML, { type: "text/xml" }));
  const instance = await loaded.restoreInstance({ data: [data] }, config);
  putBack(instance.root, whole, files);
  return instance;
}

/** An instance names the version of its form; from here on it is this one. */
function nowOf(root, xml) {
  const own = new DOMParser().parseFromString(xml, "text/xml").querySelector("model > instance > *");
  for (const { namespaceURI, name, value } of own.attributes) if (!name.startsWith("xmlns")) root.setAttributeNS(namespaceURI, name, value);
}

function putBack(scope, element, files) {
  for (const node of scope.currentState.children) {
    const name = node.definition.qualifiedName.localName;
    const found = [...element.children].filter((child) => child.localName === name);
    if (!found.length) continue;
    if (node.nodeType === "group") putBack(node, found[0], files);
    else if (node.nodeType.startsWith("repeat-range")) {
      node.currentState.children.forEach((entry, index) => { if (found[index]) putBack(entry, found[index], files); });
    } else if (node.nodeType === "upload") {
      const file = files[found[0].textContent];
      if (file) node.setValue(new File([file], found[0].textContent, { type: file.type }));
    }
  }
}
