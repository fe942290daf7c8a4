/* Entry of the staff pages. Everything here improves a page that already works without it. */
import "../styles/main.scss";
import htmx from "htmx.org";
import { keepDrafts } from "./drafts";
import { walkFound } from "./find";
import { guardForms } from "./forms";
import { listenToKeys } from "./keys";
import { rememberLook } from "./look";
import { closeMenus } from "./menus";
import { askWhatIsNeeded } from "./needs";
import { shrinkPhotos } from "./photos";
import { showChosen } from "./rows";
import { slideChoices } from "./slider";

document.documentElement.classList.add("js");
rememberLook();
closeMenus();
listenToKeys();
walkFound();

function improve(root: ParentNode): void {
  guardForms(root);
  keepDrafts(root);
  shrinkPhotos(root);
  showChosen(root);
  slideChoices(root);
  askWhatIsNeeded(root);
}
improve(document);
htmx.onLoad((element) => {
  if (element instanceof HTMLElement && element !== document.body) improve(element);
});
