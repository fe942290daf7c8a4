/* Entry of the villagers' pages: small, and nothing depends on it. */
import "../styles/main.scss";
import { keepDrafts } from "./drafts";
import { guardForms } from "./forms";
import { offerLocation } from "./locate";
import { rememberLook } from "./look";
import { closeMenus } from "./menus";
import { shrinkPhotos } from "./photos";
import { offerPrinting } from "./printing";
import { offerReading } from "./speak";

document.documentElement.classList.add("js");
rememberLook();
closeMenus();
guardForms(document);
keepDrafts(document);
shrinkPhotos(document);
offerPrinting(document);
offerReading(document);
offerLocation(document);
