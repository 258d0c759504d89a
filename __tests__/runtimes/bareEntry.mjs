import "whatwg-fetch";
import "./page.mjs";
