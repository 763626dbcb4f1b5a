package main

import (
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// unavailable says whether an error means that the database is away: a page says "try again", not "something broke".
func unavailable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "57P01", "57P02", "57P03", "53300": // shutting down, crashed, starting up, too many connections
			return true
		}
		return false
	}
	return errors.As(err, &connect) || errors.As(err, &network)
}
