import { defineGeneralCommands } from './general-commands';
import { defineGoCommands } from './go-commands';
import { defineListCommands } from './list-commands';
import { defineTicketCommands } from './ticket-commands';
import { defineViewCommands } from './view-commands';
import { defineWriteCommands } from './write-commands';

export { CommandHost } from './command-host';

defineTicketCommands();
defineWriteCommands();
defineListCommands();
defineViewCommands();
defineGoCommands();
defineGeneralCommands();
