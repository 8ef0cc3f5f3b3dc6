import EventSchema
import Foundation
import Identifiers
import Messaging
import Money
import Postgres

extension CostStore {
    func rates(of tenant: TenantID) async throws -> CostRates {
        try Self.rates(try await database.of(tenant).pipeline(Self.selections(tenant)))
    }

    func set(_ change: SetCostRates, seen: Int64?, by act: Act, _ tx: Transaction) async throws -> CostRates {
        guard let tenant = act.tenant else { throw EventRefused("rates need a tenant") }
        // Two first ones at the same moment: the second waits for the first one's row.
        let isFirst =
            try await tx.execute(
                """
                INSERT INTO cost_rates (tenant_id, currency, updated_at, version)
                VALUES (\(tenant), \(change.currency), \(act.time), 0) ON CONFLICT DO NOTHING
                """
            ) == 1
        try await tx.execute("SELECT 1 FROM cost_rates WHERE tenant_id = \(tenant) FOR UPDATE")
        var before = try Self.rates(try await tx.pipeline(Self.selections(tenant)))
        if isFirst { before.currency = nil }
        if let seen = change.version ?? seen, seen != before.version {
            throw CostRefusal.stale(current: before.version)
        }
        if let currency = before.currency, currency != change.currency,
            try await tx.first(
                """
                SELECT 1 WHERE EXISTS (SELECT FROM cost_entries WHERE tenant_id = \(tenant))
                    OR EXISTS (SELECT FROM work_order_estimates WHERE tenant_id = \(tenant))
                    OR EXISTS (SELECT FROM budgets WHERE tenant_id = \(tenant))
                """
            ) != nil
        {
            throw CostRefusal.currencyFixed(currency)
        }
        let rates = change.rates(after: before)
        tx.later(
            """
            UPDATE cost_rates SET currency = \(rates.currency), updated_at = \(act.time), version = \(rates.version)
            WHERE tenant_id = \(tenant)
            """
        )
        tx.later("DELETE FROM rate_cards WHERE tenant_id = \(tenant)")
        tx.later("DELETE FROM exchange_rates WHERE tenant_id = \(tenant)")
        for card in rates.cards { tx.later(try .insert("rate_cards", card, adding: ["tenant_id": tenant])) }
        for rate in rates.exchangeRates { tx.later(try .insert("exchange_rates", rate, adding: ["tenant_id": tenant])) }
        try tx.record(Change("COST_RATES_SET", "cost-rates", tenant, before: before, after: rates), by: act)
        return rates
    }

    private static func selections(_ tenant: TenantID) -> [SQL] {
        [
            "SELECT currency, version FROM cost_rates WHERE tenant_id = \(tenant)",
            "SELECT * FROM rate_cards WHERE tenant_id = \(tenant) ORDER BY effective_from",
            "SELECT * FROM exchange_rates WHERE tenant_id = \(tenant) ORDER BY currency, effective_from",
            LaborStore.unbooked(of: tenant),
        ]
    }

    private static func rates(_ found: [[Row]]) throws -> CostRates {
        CostRates(
            currency: try found[0].first?["currency"],
            cards: try found[1].decode(),
            exchangeRates: try found[2].decode(),
            unbooked: Int(try found[3].first?["count"] as Int64? ?? 0),
            version: try found[0].first?["version"] ?? 0
        )
    }
}

extension RateCard: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            effectiveFrom: try row.read("effective_from"),
            hourlyRate: try row.read("hourly_rate"),
            overtime: try row.read("overtime"),
            weekend: try row.read("weekend"),
            travel: try row.read("travel")
        )
    }
}

extension CurrencyRate: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            currency: try row.read("currency"),
            effectiveFrom: try row.read("effective_from"),
            rate: try row.read("rate")
        )
    }
}
