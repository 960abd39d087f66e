// The pages of reports: the form, its page without a network, and the follow-up of what was sent.

import { joinReportForm } from "./reports/form.js";
import { joinOutbox } from "./reports/outbox_line.js";
import { showOwnReports } from "./reports/own_reports.js";
import { drawShell } from "./reports/shell.js";

async function start() {
  await drawShell();
  const article = document.querySelector(".report-page");
  if (article?.querySelector("[data-report-form]")) await joinReportForm(article);
  const own = document.querySelector("[data-own-reports]");
  if (own) await showOwnReports(own).catch(() => {}); // without storage there is no such list
  joinOutbox();
}

start();
