// The order editor: the scanner's field is ready after every page, since browsers keep the focus elsewhere at times.
document.querySelector("#editor [autofocus]")?.focus();
