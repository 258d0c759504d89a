import "../../support/stub/network.js";
