/* Entry of pages made for paper. */
import "../styles/print.scss";
import { offerPrinting } from "./printing";

document.documentElement.classList.add("js");
offerPrinting(document);
