package db

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// parseURL splits FIXDESK_DATABASE into the engine and what its driver wants.
func parseURL(raw string) (kind, dsn string, err error) {
	switch {
	case strings.HasPrefix(raw, "sqlite:"):
		path := strings.TrimPrefix(strings.TrimPrefix(raw, "sqlite:"), "//")
		if path == "" {
			return "", "", errors.New("database: sqlite: needs a file path, for example sqlite:./data/fixdesk.db")
		}
		if strings.ContainsAny(path, "?#") {
			return "", "", errors.New("database: the SQLite path may not contain ? or #")
		}
		return "sqlite", path, nil
	case strings.HasPrefix(raw, "mysql://"), strings.HasPrefix(raw, "mariadb://"):
		u, err := url.Parse(raw)
		if err != nil {
			return "", "", errors.New("database: not a valid URL; write mysql://user:password@host:3306/name and percent-encode special characters")
		}
		name := strings.Trim(u.Path, "/")
		if name == "" || u.Hostname() == "" {
			return "", "", errors.New("database: the URL needs a host and a database name: mysql://user:password@host:3306/name")
		}
		cfg := mysql.NewConfig()
		cfg.User = u.User.Username()
		cfg.Passwd, _ = u.User.Password()
		cfg.Net = "tcp"
		port := u.Port()
		if port == "" {
			port = "3306"
		}
		cfg.Addr = net.JoinHostPort(u.Hostname(), port)
		cfg.DBName = name
		cfg.ParseTime = true
		cfg.Loc = time.UTC
		cfg.InterpolateParams = true
		// Matched rows, not changed rows: compare-and-swap counts them.
		cfg.ClientFoundRows = true
		cfg.Timeout = 10 * time.Second
		cfg.ReadTimeout = 5 * time.Minute
		cfg.WriteTimeout = time.Minute
		cfg.Collation = "utf8mb4_bin"
		cfg.Params = map[string]string{
			"time_zone": "'+00:00'",
			"sql_mode":  "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
		}
		if tls := u.Query().Get("tls"); tls != "" {
			cfg.TLSConfig = tls
		}
		return "mysql", cfg.FormatDSN(), nil
	}
	return "", "", fmt.Errorf("database: must start with sqlite: or mysql://")
}
