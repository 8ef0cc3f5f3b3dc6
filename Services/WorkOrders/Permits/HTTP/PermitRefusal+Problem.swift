import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

extension PermitRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("permit")
        case .unknownItem: .notFound("item of the checklist")
        case .unknownIsolation: .notFound("isolation")
        case .unknownWorker(let index):
            .field("workers[\(index)]", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .unknownEquipment(let index):
            .field(
                "isolations[\(index)].equipmentId",
                FieldRule(problem: "unknown_asset", "there is no such asset at this site")
            )
        case .unknownPhoto:
            .field("photoId", FieldRule(problem: "unknown_photo", "must be an image among the files of the work order"))
        case .tooMany:
            Problem(.conflict, "too_many_permits", "the work order or the permit has as many of these as it can")
        case .workOver(let phase):
            Problem(
                .conflict,
                "permit_work_over",
                "the work order is in the phase \(phase.rawValue): permits are for work that is still to be done",
                ["phase": phase.rawValue]
            )
        case .illegalMove(let move, let status):
            Problem(
                .badRequest,
                "illegal_permit_move",
                "the transition \(move.rawValue) is not allowed from the status \(status.rawValue)",
                ["permitMove": move.rawValue, "permitStatus": status.rawValue],
                allowedTransitions: PermitMove.allowed(from: status).map(\.rawValue)
            )
        case .notDraft(let status):
            Problem(
                .conflict,
                "permit_not_a_draft",
                "the permit is \(status.rawValue), and only a draft can be changed",
                ["permitStatus": status.rawValue]
            )
        case .incomplete(let fields):
            Problem(
                .badRequest,
                "permit_incomplete",
                "before it can be approved, the permit needs \(fields.joined(separator: ", "))",
                ["fields": fields.joined(separator: ", ")],
                errors: fields.map { .init($0, .required) }
            )
        case .timeOver(let end):
            Problem(
                .conflict,
                "permit_time_over",
                "the permit has ended at \(end.formatted(.iso8601))",
                ["time": end.formatted(.iso8601)]
            )
        case .notYetValid(let start):
            Problem(
                .conflict,
                "permit_not_yet_valid",
                "the permit begins at \(start.formatted(.iso8601))",
                ["time": start.formatted(.iso8601)]
            )
        case .checklistOpen(let items):
            Problem(
                .badRequest,
                "checklist_open",
                "these items of the checklist are open: \(items.joined(separator: ", "))",
                ["items": items.joined(separator: ", ")]
            )
        case .notIsolated(let places):
            Problem(
                .badRequest,
                "isolations_unconfirmed",
                "these are not locked and verified: \(places.joined(separator: ", "))",
                ["places": places.joined(separator: ", ")]
            )
        case .assetUnderPermit(let others):
            Problem(
                .conflict,
                "asset_under_permit",
                "other work is permitted on this equipment: \(others.map(\.number).joined(separator: ", ")). Talk to its people, and name these permits in coordinatedWith",
                [
                    "permits": others.map(\.number).joined(separator: ", "),
                    "ids": others.map(\.id.description).joined(separator: ", "),
                ]
            )
        case .areaNotRestored:
            .field("areaRestored", FieldRule(problem: "area_not_restored", "must be true: the place is as it was"))
        case .notBeforeWork(let status):
            Problem(
                .conflict,
                "permit_not_approved",
                "the permit is \(status.rawValue): this is done once it is approved, before work begins",
                ["permitStatus": status.rawValue]
            )
        case .notExtendable(let status):
            Problem(
                .conflict,
                "permit_not_extendable",
                "the permit is \(status.rawValue) and gets no more time",
                ["permitStatus": status.rawValue]
            )
        case .extensionOpen:
            Problem(.conflict, "extension_open", "somebody has asked for more time already, and nobody has decided")
        case .noExtension: Problem(.conflict, "extension_missing", "nobody has asked for more time")
        case .isolationIs(let state, let place):
            Problem(
                .conflict,
                "isolation_not_ready",
                "\(place) is \(state.rawValue)",
                ["place": place, "isolationState": state.rawValue]
            )
        case .outOfOrder(let place):
            Problem(
                .conflict,
                "isolation_out_of_order",
                "another one comes first: \(place)",
                ["place": place]
            )
        case .lockInUse(let number):
            .field(
                "lockNumber",
                FieldRule(problem: "lock_in_use", "the lock \(number) is on elsewhere", ["lock": number])
            )
        case .verifiesOwnLock:
            Problem(.forbidden, "verifies_own_lock", "somebody else than who has put the lock on verifies it")
        case .lockOfAnother:
            Problem(
                .forbidden,
                "lock_of_another",
                "the lock is somebody else's: they take it off, or with a reason somebody who may approve the permit"
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "the permit was changed in the meantime: read it again",
                currentVersion: current
            )
        }
    }
}
