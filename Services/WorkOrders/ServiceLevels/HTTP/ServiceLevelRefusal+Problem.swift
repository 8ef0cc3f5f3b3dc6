import Commands
import HTTPTypes
import ServiceKit

extension ServiceLevelRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownSite(let index):
            .field("sites[\(index)].siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the service levels: read them again",
                currentVersion: current
            )
        }
    }
}
