// Starts every hours editor of the page (templates/staff/hours_editor.html).

import { startHoursEditor } from "./editor.js";

for (const root of document.querySelectorAll("[data-hours-editor]")) startHoursEditor(root);
