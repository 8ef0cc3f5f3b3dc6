import Commands
import EventSchema
import Foundation
import Identifiers
import Money

/// Adds a part to a work order: planned pieces, or some that were used without a plan.
struct AddPart: Input {
    var number: String
    var name: String
    var unit: String?
    var planned: Amount?
    var used: Amount?
    var unitCost: Amount?
    var currency: Currency?
    var lot: String?
    var serialNumber: String?
    var note: String?

    static let rules: Rules = [
        "number": .line(1...64).means("The number by which the store knows the part").example("FAN-120-24V"),
        "name": .line(1...200).means("What it is").example("Fan, 120 mm, 24 V"),
        "unit": .line(1...20).means("What is counted, such as `pcs` or `m`; the default is `pcs`").example("pcs"),
        "planned": WorkPart.plannedRule,
        "used": WorkPart.quantityRule.means(
            "How many were used already; it needs the permission `stock:consume`. Without a plan, this is enough"
        ),
        "unitCost": WorkPart.unitCostRule, "currency": WorkPart.currencyRule, "lot": WorkPart.lotRule,
        "serialNumber": WorkPart.serialRule, "note": WorkPart.noteRule,
    ]

    func check(_ errors: inout FieldErrors) {
        errors.require(
            currency == nil || unitCost != nil,
            "unitCost",
            .goesWith("currency", "must be given with currency")
        )
        for (name, value) in [("lot", lot), ("serialNumber", serialNumber), ("note", note)] where value != nil {
            errors.require(used != nil, name, .goesWith("used", "must be given with used"))
        }
    }

    /// Whether it says what is planned; what was used already needs no plan.
    var isPlan: Bool { planned != nil || used == nil }

    /// The movement by which what was used is recorded.
    var use: MovePart? {
        used.map { MovePart(kind: .used, quantity: $0, lot: lot, serialNumber: serialNumber, note: note) }
    }
}

/// Changes what is planned. An absent field keeps its value.
struct ChangePart: Input {
    var name: Patch<String> = .keep
    var planned: Patch<Amount> = .keep
    /// `null` clears it.
    var unitCost: Patch<Amount?> = .keep
    var currency: Patch<Currency> = .keep

    static let rules: Rules = [
        "name": .line(1...200).means("What it is").example("Fan, 120 mm, 24 V"), "planned": WorkPart.plannedRule,
        "unitCost": WorkPart.unitCostRule, "currency": WorkPart.currencyRule,
    ]
}

/// Records what happened to pieces of a part.
struct MovePart: Input {
    enum Kind: String, CaseIterable, Codable, Sendable {
        case reserved, released, issued, returned, used

        var move: PartMove { PartMove(rawValue: rawValue) ?? .unknown }
    }

    var kind: Kind
    var quantity: Amount
    var unitCost: Amount?
    var currency: Currency?
    var lot: String?
    var serialNumber: String?
    var note: String?
    var movedAt: Date?

    static let rules: Rules = [
        "kind": .means(
            "`reserved` in the store for this work, `released` again, `issued` for it, `returned` to the store, or `used`. What is used without having been issued is issued with it"
        ),
        "quantity": WorkPart.quantityRule.means("How many pieces"),
        "unitCost": WorkPart.unitCostRule, "currency": WorkPart.currencyRule, "lot": WorkPart.lotRule,
        "serialNumber": WorkPart.serialRule, "note": WorkPart.noteRule,
        "movedAt": .means("When it happened; the default is now"),
    ]

    func check(_ errors: inout FieldErrors) {
        errors.require(
            currency == nil || unitCost != nil,
            "unitCost",
            .goesWith("currency", "must be given with currency")
        )
        errors.require(unitCost == nil || kind == .used, "unitCost", .onlyOfUse)
    }
}

/// Takes a movement back.
struct ReversePartMovement: Input {
    var reason: String

    static let rules: Rules = ["reason": .text(1...2000).means("Why; it is kept with the movement")]
}

extension WorkPart {
    fileprivate static let plannedRule = Rule.amount(.zero...mostPieces, example: "2").means(
        "How many pieces are planned"
    )
    fileprivate static let quantityRule = Rule.amount(leastPieces...mostPieces, example: "2")
    fileprivate static let unitCostRule = Rule.amount(.zero...(Amount("999999999.9999") ?? .zero), example: "38.50")
        .means(
            "What one piece costs; setting it needs the permission `workorder-cost:update`"
        )
    fileprivate static let currencyRule = Rule.currency.means(
        "Of the unit cost; the default is the organization's currency"
    )
    fileprivate static let lotRule = Rule.line(1...100).means("The lot that the pieces are from")
    fileprivate static let serialRule = Rule.line(1...100).means("The serial number of the piece")
    fileprivate static let noteRule = Rule.text(0...2000).means("What is worth noting")
}

extension FieldRule {
    fileprivate static let onlyOfUse = FieldRule(code: "only_of_use", "can be given only for what is used")
}
