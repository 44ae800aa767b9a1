/**
 * @file theme.js  Light or dark as the reader chose it, before anything is painted
 */
try {
	const theme = localStorage.getItem("theme");

	if (theme)
		document.documentElement.dataset.theme = theme;
} catch {
	/* no storage: as the system says */
}
