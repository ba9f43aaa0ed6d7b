/** The answers that can be read without a network, by their operation ids. */
const kept =
  /^(getTicket|getMyDay|getDashboard|getConfig|getPreference|countTickets|list(Ticket|Note|Message|Draft|Assignee|QueryField|Preference|View|Categor|Tag|Field|Team|Substatus|Checklist|Watcher|Attachment))/;

export function isKept(queryKey: readonly unknown[]): boolean {
  const first = queryKey[0] as { _id?: string } | undefined;
  return !!first?._id && kept.test(first._id);
}
