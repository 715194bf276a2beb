#include "dialogue/qr.h"
