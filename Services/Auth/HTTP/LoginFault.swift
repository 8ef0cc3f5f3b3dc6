import Localization
import ServiceKit

/// What a refusal means for somebody who wants to log in.
struct LoginFault {
    /// What the person has to type again.
    enum Field {
        case password, code, organization
    }

    let text: String
    let field: Field?

    /// The problem's own words are for programs, and English.
    init(_ problem: Problem, _ texts: Texts) {
        let (key, field): (TextKey, Field?) =
            switch problem.code {
            case "invalid_credentials": (.loginErrorCredentials, .password)
            case "locked": (.loginErrorLocked, nil)
            case "invalid_code", "wrong_code": (.loginErrorCode, .code)
            case "invalid_key", "wrong_key", "key_refused": (.loginErrorKey, nil)
            case "key_taken": (.loginErrorKeyTaken, nil)
            case "challenge_invalid", "no_enrolment": (.loginErrorExpired, nil)
            case "tenant_suspended": (.loginErrorSuspended, nil)
            case "password_login_off": (.loginErrorOwnLogin, .organization)
            default: (.loginErrorOther, nil)
            }
        let minutes = ((problem.retryAfter ?? 60) + 59) / 60
        text = texts(key, ["count": "\(minutes)"])
        self.field = field
    }

    static let id = "fault"

    var html: String { "<p class=\"error\" id=\"\(Self.id)\" role=\"alert\">\(text.escapedForHTML)</p>" }
}
