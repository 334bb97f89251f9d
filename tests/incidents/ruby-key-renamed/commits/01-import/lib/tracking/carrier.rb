# frozen_string_literal: true

require "json"
require "time"
require_relative "event"

module Tracking
  # Reads what the carrier reports about a parcel.
  class Carrier
    def initialize(source)
      @source = source
    end

    def events(parcel)
      rows = JSON.parse(@source.call(parcel), symbolize_names: true)
      rows.map { |row| to_event(row) }
    end

    private

    def to_event(row)
      Event.new(at: Time.parse(row.fetch(:time)), place: row[:place], status: row[:status])
    end
  end
end
