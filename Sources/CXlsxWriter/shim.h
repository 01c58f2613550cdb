#ifndef FITECH_CXLSXWRITER_H
#define FITECH_CXLSXWRITER_H
// The door to libxlsxwriter: its header. Only built with the trait XLSX.
#include <xlsxwriter.h>
#endif
