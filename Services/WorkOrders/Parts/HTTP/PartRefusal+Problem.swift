import Commands
import EventSchema
import Foundation
import HTTPTypes
import ServiceKit

extension PartRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("part")
        case .unknownMovement: .notFound("movement")
        case .numberTaken(let number):
            .field(
                "number",
                FieldRule(problem: "part_taken", "the work order has the part \(number) already", ["number": number])
            )
        case .tooMany:
            Problem(
                .conflict,
                "too_many_parts",
                "a work order has at most \(WorkPart.maximumCount) parts",
                ["maximum": "\(WorkPart.maximumCount)"]
            )
        case .tooManyMovements:
            Problem(
                .conflict,
                "too_many_part_movements",
                "a work order has at most \(WorkPart.maximumMovements) movements of parts",
                ["maximum": "\(WorkPart.maximumMovements)"]
            )
        case .notInPhase(let kind, let phase):
            Problem(
                .conflict,
                "part_not_in_phase",
                "pieces can't be \(kind.rawValue) while the work order is in the phase \(phase.rawValue)",
                ["kind": kind.rawValue, "phase": phase.rawValue]
            )
        case .notPlanned(let left):
            .field(
                "quantity",
                FieldRule(problem: "part_not_planned", "more than the \(left) that are planned", ["left": "\(left)"])
            )
        case .notReserved(let left):
            .field(
                "quantity",
                FieldRule(problem: "part_not_reserved", "more than the \(left) that are reserved", ["left": "\(left)"])
            )
        case .notInHand(let left):
            .field(
                "quantity",
                FieldRule(
                    problem: "part_not_in_hand",
                    "more than the \(left) that are issued, and neither used nor returned",
                    ["left": "\(left)"]
                )
            )
        case .plannedBelow(let least):
            .field(
                "planned",
                FieldRule(
                    problem: "part_planned_below",
                    "must be at least \(least): so many are reserved or issued",
                    ["minimum": "\(least)"]
                )
            )
        case .tooLarge: .field("quantity", FieldRule(problem: "amount_too_large", "the amount is too large"))
        case .inFuture: .field("movedAt", .notInPast)
        case .hasMoved:
            Problem(
                .conflict,
                "part_has_moved",
                "pieces of this part were reserved, issued or used: plan none of it instead"
            )
        case .isReversal:
            Problem(.conflict, "movement_is_reversal", "this movement takes another one back: record the movement anew")
        case .alreadyReversed: Problem(.conflict, "movement_reversed", "this movement was taken back already")
        case .notReversible:
            Problem(
                .conflict,
                "movement_not_reversible",
                "what is reserved is released, and what is released is reserved again"
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the part: read it again",
                currentVersion: current
            )
        }
    }
}
