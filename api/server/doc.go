package server

// The general part of the API's description, read by `make generate`.
//
// @title Fixdesk API
// @version 1
// @description The API of Fixdesk, an IT support ticket system. The single-page app uses nothing else.
// @description
// @description Sign in with `POST /api/auth/login` and send `Authorization: Bearer <access_token>`. Bodies are JSON objects; unknown fields are ignored, unknown query parameters refused. Lists answer `{"count","count_exact","next","previous","results"}`; follow `next` as it is. Errors are `application/problem+json` (RFC 9457).
// @license.name MIT
// @BasePath /
// @securityDefinitions.apikey BearerAuth
// @in header
// @name Authorization
// @description An access token of a sign-in, or a personal API token: `Bearer <token>`.
