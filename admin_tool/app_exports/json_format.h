#pragma once

#include "app_exports/app_export.h"
#include "app_exports/json_document.h"

namespace secondstep::tool {

// An export that is JSON, as the table in app_export.cpp has them.
struct JsonFormat {
    bool (*is)(JsonValue root);
    bool (*is_encrypted)(JsonValue root);  // of what `is`: whether `read` wants a password
    Result<AppExport> (*read)(JsonValue root, const Secret* password);
};

inline bool never_encrypted(JsonValue) {
    return false;
}

}  // namespace secondstep::tool
