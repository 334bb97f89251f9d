package main

import (
	"log"
	"net/http"

	"example.com/gateway/server"
)

func main() {
	log.Fatal(http.ListenAndServe(":8080", server.Handler(http.NotFoundHandler())))
}
