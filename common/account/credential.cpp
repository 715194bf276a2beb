#include "account/credential.h"
