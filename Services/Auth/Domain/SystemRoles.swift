import EventSchema

/// The roles that every tenant has, and what they permit.
enum SystemRoles {
    static let permissions: [String: [String]] = [
        "admin": everything,
        "supervisor": [
            "workorder:create", "workorder:read", "workorder:update", "workorder:assign", "workorder:transition",
            "site:read", "asset:create", "asset:read", "asset:update", "sensor:create", "sensor:read", "sensor:update",
            "telemetry:read", "alert:read", "alert:acknowledge", "alert-rule:create", "alert-rule:read",
            "alert-rule:update", "notification:read", "prediction:read", "sync:use", "user:read", "role:read",
        ],
        "technician": [
            "workorder:read", "workorder:update", "workorder:transition", "site:read", "asset:read", "sensor:read",
            "telemetry:read", "alert:read", "alert:acknowledge", "prediction:read", "sync:use",
        ],
        "viewer": [
            "workorder:read", "site:read", "asset:read", "sensor:read", "telemetry:read", "alert:read",
            "alert-rule:read", "prediction:read",
        ],
    ]

    static let everything = [
        "workorder:create", "workorder:read", "workorder:update", "workorder:assign", "workorder:transition",
        "site:create", "site:read", "site:update", "asset:create", "asset:read", "asset:update", "asset:delete",
        "sensor:create", "sensor:read", "sensor:update", "telemetry:read", "alert:read", "alert:acknowledge",
        "alert-rule:create", "alert-rule:read", "alert-rule:update", "alert-rule:delete", "notification:read",
        "sync:use", "prediction:read", "user:create", "user:read", "user:update", "role:read", "audit:read",
    ]

    /// As the other services learn of them.
    static var states: [RolePolicyState] {
        permissions.sorted { $0.key < $1.key }.map { role, permissions in
            RolePolicyState(tenant: nil, role: role, permissions: permissions.sorted())
        }
    }
}
