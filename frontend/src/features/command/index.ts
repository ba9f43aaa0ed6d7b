import { defineGeneralCommands } from './general-commands';
import { defineGoCommands } from './go-commands';
import { defineListCommands } from './list-commands';
import { defineWriteCommands } from './write-commands';

export { CommandHost } from './command-host';

defineWriteCommands();
defineListCommands();
defineGoCommands();
defineGeneralCommands();
