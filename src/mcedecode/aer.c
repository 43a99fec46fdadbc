/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aer - PCIe advanced error reporting, as drivers/pci/pcie/aer.c prints it, old and new. */
#include "aer.h"
#include "digits.h"
#include "mca.h"
#include "tables.h"

#include "aer.inc"

static struct {
	bool open;
	struct err err;
	char bdf[64]; /* "0000:00:1c.5" */
	size_t bdf_len;
} aer;

static const struct {
	const char *text;
	enum sev sev;
} severities[] = {
	{"Corrected", SEV_CORRECTED},
	{"Correctable", SEV_CORRECTED},
	{"Uncorrected (Fatal)", SEV_FATAL},
	{"Uncorrectable (Fatal)", SEV_FATAL},
	{"Uncorrected (Non-Fatal)", SEV_UNCORRECTED},
	{"Uncorrectable (Non-Fatal)", SEV_UNCORRECTED},
	{"Uncorrected, non-fatal", SEV_UNCORRECTED},
	{"Uncorrectable, non-fatal", SEV_UNCORRECTED},
	{"Fatal", SEV_FATAL},
};

bool aer_severity(struct scan *s, enum sev *sev)
{
	for (size_t i = 0; i < ROWS(severities); i++)
		if (scan_bytes(s, severities[i].text, strlen(severities[i].text))) {
			*sev = severities[i].sev;
			return true;
		}
	return false;
}

static void put_layer(struct err *err, const struct scan *s)
{
	static const char *const layers[][2] = {{"Physical Layer", "physical-layer"},
		{"Data Link Layer", "data-link-layer"}, {"Transaction Layer", "transaction-layer"},
		{"Inaccessible", "inaccessible"}};

	for (size_t i = 0; i < ROWS(layers); i++) {
		struct scan copy = *s;

		if (scan_bytes(&copy, layers[i][0], strlen(layers[i][0])))
			err_word(err, E_LAYER, layers[i][1]);
	}
}

/* Only uncorrectable errors have a line about it, behind that of the layer: which came, or was cut
 * off. */
static void put_untold_severity(void)
{
	bool complete = err_has(&aer.err, E_LAYER);

	err_set(&aer.err, E_SEV, complete ? SEV_CORRECTED : SEV_UNCORRECTED);
	if (!complete)
		err_flag(&aer.err, FLAG_NO_SEVERITY);
}

void aer_flush(void)
{
	if (!aer.open)
		return;
	aer.open = false;
	if (!err_has(&aer.err, E_SEV))
		put_untold_severity();
	if (!err_has(&aer.err, E_NAME) && err_has(&aer.err, E_AER_STATUS))
		aer_put_bits(&aer.err, aer.err.value[E_AER_STATUS].n,
			err_sev(&aer.err) != SEV_CORRECTED);
	err_advise(&aer.err);
	out_err(&aer.err);
}

void aer_put_bits(struct err *err, uint64_t status, bool uncorrectable)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name = "unknown";

		if (!(status >> bit & 1))
			continue;
		for (size_t i = 0; i < ROWS(aer_rows); i++)
			if (aer_rows[i].u == uncorrectable && aer_rows[i].bit == bit)
				name = aer_rows[i].name;
		err_add(err, E_NAME, name, strlen(name));
	}
	if (status & UINT32_MAX)
		err_set(err, E_BITS, status & UINT32_MAX);
}

/* The word before ": PCIe Bus Error" is the device: "pcieport 0000:00:1c.5: [AER: ]PCIe ..." */
static bool find_bdf(const char *text, size_t len, const char **bdf, size_t *bdf_len)
{
	const char *p = text + len;

	if (len >= 5 && memcmp(p - 5, "AER: ", 5) == 0)
		p -= 5;
	if (p - text < 3 || memcmp(p - 2, ": ", 2) != 0)
		return false;
	p -= 2;
	*bdf_len = 0;
	while (p > text && p[-1] != ' ') {
		p--;
		++*bdf_len;
	}
	*bdf = p;
	return *bdf_len > 0;
}

static void begin(const char *bdf, size_t bdf_len)
{
	aer_flush();
	aer.open = true;
	err_clear(&aer.err);
	memcpy(aer.bdf, bdf, bdf_len);
	aer.bdf_len = bdf_len;
	err_word(&aer.err, E_SRC, "aer");
	err_set(&aer.err, E_CLASS, CLASS_PCIE);
	err_text(&aer.err, E_BDF, bdf, bdf_len);
	line_time(&aer.err);
}

static bool read_head(const char *text, size_t len, const char *mark)
{
	struct scan s = {mark, text + len};
	const char *bdf;
	size_t bdf_len;
	enum sev sev;

	SCAN_TO(&s, "severity=");
	if (!find_bdf(text, (size_t)(mark - text), &bdf, &bdf_len) || !aer_severity(&s, &sev) ||
		bdf_len > sizeof(aer.bdf)) {
		out_bad(line_now.number, "PCIe error without device or severity");
		return true;
	}
	begin(bdf, bdf_len);
	err_set(&aer.err, E_SEV, sev);
	if (SCAN(&s, ", type="))
		put_layer(&aer.err, &s);
	return true;
}

/* "aer_status: 0x00000080, aer_mask: 0x00006000": of what firmware reported (pci_print_aer()) */
static bool read_firmware_head(const char *text, size_t len, const char *mark)
{
	struct scan s = {mark, text + len};
	const char *bdf;
	size_t bdf_len;
	uint64_t status, mask;

	if (!find_bdf(text, (size_t)(mark - text), &bdf, &bdf_len) || bdf_len > sizeof(aer.bdf) ||
		!SCAN(&s, "aer_status: ") || !scan_hex(&s, &status) || !SCAN(&s, ", aer_mask: ") ||
		!scan_hex(&s, &mask))
		return false;
	begin(bdf, bdf_len);
	err_set(&aer.err, E_AER_STATUS, status);
	err_set(&aer.err, E_AER_MASK, mask);
	return true;
}

/* "aer_layer=Data Link Layer, aer_agent=Receiver ID" */
static bool read_layer(const struct scan *s)
{
	struct scan copy = *s;

	if (!SCAN(&copy, "aer_layer="))
		return false;
	put_layer(&aer.err, &copy);
	return true;
}

/* "aer_uncor_severity: 0x00062030", which the kernel prints for uncorrectable errors only */
static bool read_severity(struct scan *s)
{
	uint64_t fatal;

	if (!SCAN(s, "aer_uncor_severity: ") || !scan_hex(s, &fatal))
		return false;
	if (!err_has(&aer.err, E_SEV))
		err_set(&aer.err, E_SEV,
			reg(&aer.err, E_AER_STATUS) & fatal ? SEV_FATAL : SEV_UNCORRECTED);
	return true;
}

/* "TLP Header: 34000000 01000010 00000000 00000000", of newer kernels with 0x */
static bool read_tlp(struct scan *s)
{
	char text[4 * 9], *p = text;
	uint64_t word;

	if (!SCAN(s, "TLP Header:"))
		return false;
	for (int i = 0; i < 4; i++, *p++ = ' ') {
		scan_blanks(s);
		if (!scan_hex(s, &word) || word > UINT32_MAX)
			return true;
		p = digits_hex8(p, (uint32_t)word);
	}
	err_text(&aer.err, E_TLP, text, sizeof(text) - 1);
	return true;
}

/* "device [8086:9d15] error status/mask=00000001/00002000" */
static bool read_device(struct scan *s)
{
	const char *id;
	size_t len;
	uint64_t status, mask;

	if (!SCAN(s, "device ["))
		return false;
	scan_until(s, ']', &id, &len);
	err_text(&aer.err, E_PCI_ID, id, len);
	if (!SCAN(s, " error status/mask=") || !scan_hex(s, &status) || !SCAN(s, "/") ||
		!scan_hex(s, &mask)) {
		out_bad(line_now.number, "PCIe error without a status");
		return true;
	}
	err_set(&aer.err, E_AER_STATUS, status);
	err_set(&aer.err, E_AER_MASK, mask);
	return true;
}

/* "[14] CmpltTO                (First)" */
static bool read_bit(struct scan *s)
{
	uint64_t bit;
	size_t name;

	if (!SCAN(s, "["))
		return false;
	scan_blanks(s);
	if (!scan_dec(s, &bit) || bit > 31 || !SCAN(s, "] "))
		return false;
	scan_blanks(s);
	name = scan_left(s);
	for (size_t i = 0; i + 1 < name; i++)
		if (s->p[i] == ' ' && (s->p[i + 1] == ' ' || s->p[i + 1] == '('))
			name = i;
	err_set(&aer.err, E_BITS, reg(&aer.err, E_BITS) | UINT64_C(1) << bit);
	err_add(&aer.err, E_NAME, s->p, name);
	return true;
}

/* Lines that follow a head repeat its device. */
static bool read_detail(const char *text, size_t len)
{
	struct scan s = {text, text + len};

	if (!aer.open || !scan_to_bytes(&s, aer.bdf, aer.bdf_len) || !SCAN(&s, ":"))
		return false;
	scan_blanks(&s);
	if (SCAN(&s, "AER:"))
		scan_blanks(&s);
	return read_device(&s) || read_bit(&s) || read_tlp(&s) || read_layer(&s) ||
	       read_severity(&s);
}

bool aer_line(const char *text, size_t len)
{
	static const char mark[] = "PCIe Bus Error: severity=", status[] = "aer_status: ";
	const char *p = memmem(text, len, mark, sizeof(mark) - 1);

	if (p)
		return read_head(text, len, p);
	p = memmem(text, len, status, sizeof(status) - 1);
	return p ? read_firmware_head(text, len, p) : read_detail(text, len);
}
