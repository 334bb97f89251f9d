# frozen_string_literal: true

module Tracking
  # One scan of a parcel.
  Event = Struct.new(:at, :place, :status, keyword_init: true)
end
