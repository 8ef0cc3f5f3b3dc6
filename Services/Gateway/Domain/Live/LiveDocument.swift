import Commands

/// What the gateway's own routes are in the API's document.
enum LiveDocument {
    static let paths: [String: JSONValue] = [
        "/api/v1/live": [
            "get": [
                "operationId": "followLive",
                "summary": "Follow what happens (server-sent events)",
                "description":
                    "Each event's data is a message, its id the cursor after it. Kinds need the permission that reading them needs.",
                "parameters": .array(parameters),
                "responses": [
                    "200": [
                        "description": "An endless stream",
                        "content": ["text/event-stream": ["schema": ["$ref": "#/components/schemas/LiveMessage"]]],
                    ],
                    "400": MergedDocument.refusal("A parameter is invalid; `errors` lists the invalid ones"),
                    "401": MergedDocument.refusal("No valid token"),
                    "403": MergedDocument.refusal("A permission is missing; `detail` names it"),
                    "429": MergedDocument.refusal(
                        "Too many live connections of the user or the tenant, or too many requests"
                    ),
                    "503": MergedDocument.refusal("Temporarily unavailable; Retry-After says when to try again"),
                ],
                "security": security,
                "tags": ["gateway"],
            ]
        ],
        "/ws": [
            "get": [
                "operationId": "followLiveBySocket",
                "summary": "Follow what happens (WebSocket)",
                "description":
                    "After the handshake, the client sends what it wants to follow: {type: subscribe, kinds, site, asset, own, cursor}. With parameters, it follows that at once.",
                "parameters": .array(parameters),
                "responses": [
                    "101": ["description": "The connection is a WebSocket"],
                    "400": MergedDocument.refusal("The handshake or a parameter is invalid"),
                    "401": MergedDocument.refusal("No valid token"),
                    "403": MergedDocument.refusal("A permission is missing, or the page is of another origin"),
                    "426": MergedDocument.refusal("Not a handshake of version 13 over HTTP/1.1"),
                    "429": MergedDocument.refusal(
                        "Too many live connections of the user or the tenant, or too many requests"
                    ),
                    "503": MergedDocument.refusal("Temporarily unavailable; Retry-After says when to try again"),
                ],
                "security": security,
                "tags": ["gateway"],
            ]
        ],
    ]

    static let schemas: [String: JSONValue] = [
        "LiveMessage": [
            "type": "object",
            "description":
                "What happened, in the order of each record. Members that a type does not have are left out.",
            "required": ["type"],
            "properties": [
                "type": [
                    "type": "string",
                    "description":
                        "`event`: a record is new or has changed. `deleted`: it is gone. `subscribed`: from here on. `reset`: load anew what you show, since something could be missing. `cursor`: nothing happened, but remember this place. `error`: your message was refused. `token`: your new token counts. `closed`: the stream ends.",
                    "enum": ["event", "deleted", "subscribed", "reset", "cursor", "error", "token", "closed"],
                ],
                "kind": ["type": "string", "enum": kinds],
                "id": ["type": "string", "format": "uuid", "description": "The record's id"],
                "version": ["type": "integer", "description": "The record's version: ignore one that you have"],
                "data": [
                    "type": "object",
                    "description":
                        "The record: work orders, assets and sites as their routes return them, the others with the members that the log has. Without it, read the record.",
                ],
                "cursor": ["type": "string", "description": "Where you are after this message (over a WebSocket)"],
                "reason": ["type": "string", "description": "Of a reset, or of the end"],
                "code": ["description": "Of an error (a word), or of the end (a number)"],
                "detail": ["type": "string"],
            ],
        ]
    ]

    private static let security: JSONValue = [["token": []]]
    private static let kinds = JSONValue.array(LiveKind.allCases.map { .string($0.rawValue) })

    private static let parameters: [JSONValue] = [
        parameter(
            "kinds",
            "What to follow: \(LiveKind.allCases.map(\.rawValue).joined(separator: ", "))",
            isRequired: true
        ),
        parameter("site", "Only records of this site", format: "uuid"),
        parameter("asset", "Only records of this asset, and of everything below it", format: "uuid"),
        parameter("own", "`true`: only records that the caller created or that are assigned to them"),
        parameter("cursor", "Continue here; the header Last-Event-ID counts more"),
    ]

    private static func parameter(
        _ name: String,
        _ description: String,
        isRequired: Bool = false,
        format: String? = nil
    ) -> JSONValue {
        var schema: [String: JSONValue] = ["type": "string"]
        if let format { schema["format"] = .string(format) }
        return [
            "in": "query", "name": .string(name), "required": .bool(isRequired), "description": .string(description),
            "schema": .object(schema),
        ]
    }
}
