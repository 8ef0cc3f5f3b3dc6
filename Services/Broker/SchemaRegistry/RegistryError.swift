import NIOHTTP1

/// A refusal with the error codes of Confluent's API; the first three digits are the HTTP status.
struct RegistryError: Error {
    let code: Int
    let message: String

    var status: HTTPResponseStatus { HTTPResponseStatus(statusCode: code > 999 ? code / 100 : code) }

    static func subjectNotFound(_ subject: String) -> Self {
        .init(code: 40401, message: "Subject '\(subject)' not found.")
    }
    static func versionNotFound(_ version: Int32) -> Self {
        .init(code: 40402, message: "Version \(version) not found.")
    }
    static let schemaNotFound = Self(code: 40403, message: "Schema not found")
    static func schemaNotFound(_ id: Int32) -> Self { .init(code: 40403, message: "Schema \(id) not found") }

    static func subjectSoftDeleted(_ subject: String) -> Self {
        .init(code: 40404, message: "Subject '\(subject)' was soft deleted. Set permanent=true to delete permanently")
    }
    static func subjectNotSoftDeleted(_ subject: String) -> Self {
        .init(code: 40405, message: "Subject '\(subject)' was not deleted first before being permanently deleted")
    }
    static func versionSoftDeleted(_ subject: String, _ version: Int32) -> Self {
        .init(
            code: 40406,
            message:
                "Subject '\(subject)' Version \(version) was soft deleted. Set permanent=true to delete permanently"
        )
    }
    static func versionNotSoftDeleted(_ subject: String, _ version: Int32) -> Self {
        .init(
            code: 40407,
            message: "Subject '\(subject)' Version \(version) was not deleted first before being permanently deleted"
        )
    }
    static func noLevel(_ subject: String) -> Self {
        .init(code: 40408, message: "Subject '\(subject)' does not have subject-level compatibility configured")
    }
    static func noMode(_ subject: String) -> Self {
        .init(code: 40409, message: "Subject '\(subject)' does not have subject-level mode configured")
    }

    static func incompatible(_ subject: String, _ problems: [String]) -> Self {
        .init(
            code: 409,
            message: "Schema being registered is incompatible with an earlier schema for subject \"\(subject)\": "
                + problems.joined(separator: "; ")
        )
    }

    static func invalidSchema(_ what: String) -> Self { .init(code: 42201, message: "Invalid schema: \(what)") }
    static func invalidVersion(_ text: String) -> Self {
        .init(
            code: 42202,
            message: "The specified version '\(text)' is not a valid version id: 1 to \(Int32.max), or latest"
        )
    }
    static let invalidLevel = Self(
        code: 42203,
        message: "Invalid compatibility level: " + CompatibilityLevel.allCases.map(\.rawValue).joined(separator: ", ")
    )
    static let invalidMode = Self(code: 42204, message: "Invalid mode: READWRITE, READONLY, IMPORT")
    static func notPermitted(_ what: String) -> Self { .init(code: 42205, message: what) }
    static func otherID(_ existing: Int32, _ wanted: Int32) -> Self {
        .init(code: 42207, message: "Schema already registered with id \(existing) instead of input id \(wanted)")
    }
    static func invalidSubject(_ subject: String) -> Self {
        .init(code: 42208, message: "The specified subject '\(subject)' is not a valid.")
    }
}
