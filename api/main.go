// Command fixdesk is the whole desk in one program.
package main

import (
	"os"

	"github.com/fixdesk/fixdesk/api/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
