#pragma once
#include <libxml/xmlversion.h>
// Its types have the names of those in Foundation's own ICU. They are only at the end of a structure that we do not make.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
