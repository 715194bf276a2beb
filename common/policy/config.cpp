#include "policy/config.h"
